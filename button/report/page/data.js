// The rows of the report: compressed chunks in the document, opened when they are looked at.

const OPEN_CHUNKS = 12; // unpacked chunks that are kept
const opened = new Map();

async function unpack(script) {
  const packed = script.textContent;
  let bytes;
  if (Uint8Array.fromBase64) {
    bytes = Uint8Array.fromBase64(packed);
  } else {
    const binary = atob(packed);
    bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  }
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// One line for each row, in the order of the chunks.
export async function readLines() {
  const lines = await unpack(document.getElementById("lines"));
  lines.forEach((line, number) => {
    line.number = number;
    line.found = [
      line.text, line.scenario, line.id, line.at, line.code, line.stage, line.detail,
      ...(line.functions ?? []), ...(line.findings ?? []), ...(line.domains ?? []),
    ].filter(Boolean).join("\n").toLowerCase();
  });
  return lines;
}

// Chunk and place of a row by its number.
export function placeOf(number) {
  const rows = Number(document.getElementById("lines").dataset.rows);
  return [Math.floor(number / rows), number % rows];
}

function chunkScripts() {
  return document.querySelectorAll("script.chunk");
}

// `{functions, rows}` of a chunk.
export async function readChunk(number) {
  const known = opened.get(number);
  if (known) {
    opened.delete(number);
    opened.set(number, known);
    return known;
  }
  const reading = unpack(chunkScripts()[number]);
  opened.set(number, reading);
  if (opened.size > OPEN_CHUNKS) opened.delete(opened.keys().next().value);
  return reading;
}
