// Draws media/icon.png: four sections of a stream, the one that must come first raised above the others.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync } from "node:zlib";

const size = 256;
const samples = 4;
const background = [27, 39, 51];
const bars = [
  { x: 48, y: 62, width: 160, color: [255, 138, 76] },
  { x: 48, y: 100, width: 122, color: [98, 178, 238] },
  { x: 48, y: 138, width: 142, color: [98, 178, 238] },
  { x: 48, y: 176, width: 96, color: [98, 178, 238] },
];
const height = 22;

/** Whether a point lies in a rectangle with rounded corners. */
function inside(px, py, x, y, width, tall, radius) {
  const dx = Math.max(x + radius - px, px - (x + width - radius), 0);
  const dy = Math.max(y + radius - py, py - (y + tall - radius), 0);
  return dx * dx + dy * dy <= radius * radius;
}

function colorAt(px, py) {
  if (!inside(px, py, 0, 0, size, size, 48)) return undefined;
  return bars.find((bar) => inside(px, py, bar.x, bar.y, bar.width, height, height / 2))?.color ?? background;
}

function pixel(x, y) {
  const sum = [0, 0, 0, 0];
  for (let i = 0; i < samples * samples; i++) {
    const color = colorAt(x + ((i % samples) + 0.5) / samples, y + (Math.floor(i / samples) + 0.5) / samples);
    if (!color) continue;
    color.forEach((value, channel) => {
      sum[channel] += value;
    });
    sum[3]++;
  }
  const hits = Math.max(1, sum[3]);
  return [sum[0] / hits, sum[1] / hits, sum[2] / hits, (255 * sum[3]) / (samples * samples)].map(Math.round);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

const rows = Buffer.alloc(size * (size * 4 + 1));
for (let y = 0; y < size; y++) {
  for (let x = 0; x < size; x++) rows.set(pixel(x, y), y * (size * 4 + 1) + 1 + x * 4);
}
const header = Buffer.alloc(13);
header.writeUInt32BE(size, 0);
header.writeUInt32BE(size, 4);
header.set([8, 6, 0, 0, 0], 8);
const png = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  chunk("IHDR", header),
  chunk("IDAT", deflateSync(rows, { level: 9 })),
  chunk("IEND", Buffer.alloc(0)),
]);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
writeFileSync(join(root, "media/icon.png"), png);
