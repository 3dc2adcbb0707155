// The search: the list's own texts at once, then whole rows, chunk by chunk.

import { placeOf, readChunk } from "./data.js";
import { textOf } from "./rows.js";

const SHORTEST = 2; // characters from which whole rows are searched
const KEPT = 40_000_000; // characters of whole rows that are kept for the next search
let kept = 0;
let current = 0;

// Calls `found(lines, share)` with the lines that match so far; `share` is 1 when all is searched.
export async function search(lines, query, found) {
  current += 1;
  const mine = current;
  const wanted = query.trim().toLowerCase();
  const matches = new Set(wanted ? lines.filter((line) => line.found.includes(wanted)) : lines);
  const tell = (share) => found(lines.filter((line) => matches.has(line)), share);
  if (wanted.length < SHORTEST) {
    tell(1);
    return;
  }
  tell(0);
  const chunks = byChunk(lines);
  let done = 0;
  let told = performance.now();
  for (const [chunk, its] of chunks) {
    await searchChunk(chunk, its, wanted, matches);
    if (mine !== current) return;
    done += 1;
    if (performance.now() - told > 150) {
      tell(done / chunks.size);
      told = performance.now();
      await new Promise((resolve) => setTimeout(resolve));
      if (mine !== current) return;
    }
  }
  tell(1);
}

function byChunk(lines) {
  const chunks = new Map();
  for (const line of lines) {
    const [chunk] = placeOf(line.number);
    if (!chunks.has(chunk)) chunks.set(chunk, []);
    chunks.get(chunk).push(line);
  }
  return chunks;
}

async function searchChunk(chunk, lines, wanted, matches) {
  const unread = lines.some((line) => line.whole === undefined);
  const rows = unread ? (await readChunk(chunk)).rows : [];
  for (const line of lines) {
    const whole = line.whole ?? textOf(rows[placeOf(line.number)[1]]);
    if (line.whole === undefined && kept + whole.length < KEPT) {
      line.whole = whole;
      kept += whole.length;
    }
    if (whole.includes(wanted)) matches.add(line);
  }
}
