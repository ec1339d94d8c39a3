// Choices kept in this browser.

/** A value by name; `fallback` where none was kept, or storage is closed to this page. */
export function recall(name, fallback) {
  try {
    const text = localStorage.getItem(`edgedet.${name}`);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`edgedet.${name}`, JSON.stringify(value));
  } catch {
    // private windows may forbid it: then it lasts as long as the page
  }
}
