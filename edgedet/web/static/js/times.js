// Times and sizes for people, where the reader is.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

const MINUTE = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });

/** 17:05 */
export const minute = (iso) => MINUTE.format(new Date(iso));

/** 17:05:09 */
export const clock = (iso) => CLOCK.format(new Date(iso));

/** Saturday, 21 November */
export const dayName = (day) => DAY.format(midnight(day));

/** 2026-11-21 of a time. */
export function dayOf(date) {
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** A day's first moment. */
export function midnight(day, later = 0) {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later);
}

/** 8 s, 12 min, 3 h 5 min */
export function lasting(seconds) {
  if (seconds < 90) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)}\u00a0s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes}\u00a0min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}\u00a0h ${minutes % 60}\u00a0min` : `${Math.floor(hours / 24)} days`;
}

/** 1.4 MB */
export function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) {
    bytes /= 1000;
    unit += 1;
  }
  return `${unit && bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)}\u00a0${units[unit]}`;
}
