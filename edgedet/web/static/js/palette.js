// One colour for each class name: the same as in the pictures that edgedet draws itself.

const CHOSEN = {
  person: "#e69f00",
  cat: "#56b4e9",
  dog: "#f0e442",
  car: "#cc79a7",
  bicycle: "#009e73",
  bird: "#d55e00",
  truck: "#0072b2",
};
const HUES = 24;
const LIGHTNESSES = [0.45, 0.6, 0.75];
const found = new Map();

/** The colour of a class, as #rrggbb. */
export function colourOf(label) {
  if (!found.has(label)) found.set(label, CHOSEN[label] || made(label));
  return found.get(label);
}

/** Black or white, whichever stands out more on a colour. */
export function inkOn(colour) {
  const light = luminance(colour);
  return (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) ? "#000" : "#fff";
}

function made(label) {
  const number = crc32(new TextEncoder().encode(label));
  return hex((number % HUES) / HUES, LIGHTNESSES[Math.floor(number / HUES) % LIGHTNESSES.length], 0.8);
}

function hex(hue, lightness, saturation) {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const part = (n) => {
    const k = (n + hue * 12) % 12;
    const value = lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${part(0)}${part(8)}${part(4)}`;
}

function luminance(colour) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = parts.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
