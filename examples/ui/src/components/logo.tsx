import './logo.css';

export function Logo({ large = false }: { large?: boolean }) {
  return (
    <span className={`logo${large ? ' logo--large' : ''}`}>
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" className="logo__tile" />
        <circle cx="9" cy="23" r="3.2" className="logo__source" />
        <path d="M9 14.5a8.5 8.5 0 0 1 8.5 8.5M9 7.5a15.5 15.5 0 0 1 15.5 15.5" className="logo__wave" />
      </svg>
      <span className="logo__name">MQTT Manager</span>
    </span>
  );
}
