import type { Shape, Tone } from '@/lib/connection-words';
import './status-dot.css';

const DRAWINGS: Record<Shape, React.ReactNode> = {
  check: (
    <>
      <circle cx="10" cy="10" r="9" fill="currentColor" />
      <path d="M5.8 10.4l2.8 2.8 5.6-6" className="status-dot__mark" />
    </>
  ),
  cross: (
    <>
      <circle cx="10" cy="10" r="9" fill="currentColor" />
      <path d="M6.7 6.7l6.6 6.6M13.3 6.7l-6.6 6.6" className="status-dot__mark" />
    </>
  ),
  ring: <circle cx="10" cy="10" r="7.5" fill="none" stroke="currentColor" strokeWidth="3" />,
  pause: (
    <>
      <circle cx="10" cy="10" r="9" fill="currentColor" />
      <path d="M7.5 6.5v7M12.5 6.5v7" className="status-dot__mark" />
    </>
  ),
  question: (
    <>
      <circle cx="10" cy="10" r="8" fill="none" stroke="currentColor" strokeWidth="2" strokeDasharray="3 2.5" />
      <path d="M8 8a2 2 0 1 1 2 2.2v1M10 13.8v.2" className="status-dot__ask" />
    </>
  ),
  spinner: (
    <g className="status-dot__spin">
      <circle cx="10" cy="10" r="7.5" fill="none" stroke="currentColor" strokeWidth="3" opacity="0.3" />
      <path d="M10 2.5a7.5 7.5 0 0 1 7.5 7.5" fill="none" stroke="currentColor" strokeWidth="3" strokeLinecap="round" />
    </g>
  ),
};

/** A colour and a shape; the word always stands beside it, so that it is no image of its own to a screen reader. */
export function StatusDot({ tone, shape, faded = false }: { tone: Tone | 'none'; shape: Shape; faded?: boolean }) {
  return (
    <svg
      className={`status-dot status-dot--${tone}${faded ? ' status-dot--faded' : ''}`}
      viewBox="0 0 20 20"
      width="20"
      height="20"
      aria-hidden="true"
      data-shape={shape}
      data-tone={tone}
    >
      {DRAWINGS[shape]}
    </svg>
  );
}
