import { useEffect, useRef } from 'react';

/** Takes the reader to the first field with an error as soon as there is one. */
export function useFirstErrorFocus(errors: Record<string, string>) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (Object.keys(errors).length === 0) return;
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [errors]);
  return form;
}
