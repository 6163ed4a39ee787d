import http from 'node:http';
import { streamEvents, wholeReply } from './completions.ts';
import { announce } from './member.ts';

/** A provider as fast as one can be: answers are ready-made, and the scenario is found in the body without parsing it. */

const FIRST_TOKEN_MS = 400;
const BETWEEN_EVENTS_MS = 20;

const streams = {
  stream100: { bare: streamEvents(100, false), counted: streamEvents(100, true) },
  paced: { bare: streamEvents(50, false), counted: streamEvents(50, true) },
};

const server = http.createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => answer(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces), response));
});

function answer(body: Buffer, response: http.ServerResponse): void {
  const asksUsage = body.includes('"include_usage":true') ? 'counted' : 'bare';
  if (body.includes('stream100"')) writeQuickly(streams.stream100[asksUsage], response);
  else if (body.includes('paced"')) writePaced(streams.paced[asksUsage], response);
  else writeWhole(response);
}

function writeWhole(response: http.ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': wholeReply.byteLength });
  response.end(wholeReply);
}

const openStream = (response: http.ServerResponse): void =>
  void response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });

/** Every event in a write and a turn of its own, so that they arrive as they do from a provider: one by one. */
function writeQuickly(events: readonly Buffer[], response: http.ServerResponse): void {
  openStream(response);
  let at = 0;
  function next(): void {
    if (response.destroyed) return;
    response.write(events[at]);
    at += 1;
    if (at < events.length) setImmediate(next);
    else response.end();
  }
  next();
}

function writePaced(events: readonly Buffer[], response: http.ServerResponse): void {
  openStream(response);
  let at = 0;
  function next(): void {
    if (response.destroyed) return;
    response.write(events[at]);
    at += 1;
    // What follows the last token comes with it.
    if (events.length - at > 2) setTimeout(next, BETWEEN_EVENTS_MS);
    else if (at < events.length) next();
    else response.end();
  }
  setTimeout(next, FIRST_TOKEN_MS);
}

announce(server);
