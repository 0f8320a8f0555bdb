const A_MINUTE = 60_000;

/** Has the browser save a file, as if a link to it had been followed. */
export function saveFile(name: string, content: Blob) {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), A_MINUTE);
}
