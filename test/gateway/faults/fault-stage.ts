import type { Socket } from 'node:net';
import { completion, sleep, textStream } from '../../support/provider.ts';
import { type RawProvider, startRawProvider } from '../../support/raw-provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** A gateway with a provider whose sockets do what a test says, and a sound one that is asked next. */
export interface FaultStage {
  rig: Rig;
  faulty: RawProvider;
  /** What the faulty provider does with a request from now on. */
  play(fault: (socket: Socket) => void): void;
  ask(model: string, stream: boolean): Promise<{ status: number; text: string }>;
  /** How many connections to the faulty provider stay open for a second. */
  leftOpen(): Promise<number>;
  /** Begins anew: no connections, and no fault but silence. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** Both roads to the faulty provider. */
export const roads = ['faulty', 'translated'];

const messages = [
  { role: 'developer', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
];

export async function openFaultStage(): Promise<FaultStage> {
  let fault: (socket: Socket) => void = () => {};
  const faulty = await startRawProvider((socket) => fault(socket));
  const sound = await startRawProvider((socket, request) => {
    const stream = request.includes('"stream":true');
    const answer = stream ? textStream(['sound'], true).join('') : JSON.stringify(completion('sound'));
    const type = stream ? 'text/event-stream' : 'application/json';
    socket.write(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`);
  });
  const timeouts = { connectMs: 500, firstEventMs: 200, replyMs: 250, idleMs: 2_000, totalMs: 5_000 };
  const providers = {
    faulty: { baseUrl: faulty.url, auth: 'none', timeouts },
    // A trait that bytes cannot pass with: the long road.
    translated: { baseUrl: faulty.url, auth: 'none', timeouts, traits: { developerAsSystem: true } },
    short: { baseUrl: faulty.url, auth: 'none', timeouts: { ...timeouts, firstEventMs: 3_000, totalMs: 700 } },
    sound: { baseUrl: sound.url, auth: 'none' },
  };
  const models = {
    faulty: ['faulty/m', 'sound/m'],
    translated: ['translated/m', 'sound/m'],
    total: ['short/m', 'sound/m'],
  };
  const limits = { eventBytes: 100_000, replyBytes: 200_000 };
  const rig = await startRig({ definition: { providers, models, limits, stream: { commitAfterMs: 3_000 } } });
  return {
    rig,
    faulty,
    play(next) {
      fault = next;
    },
    async ask(model, stream) {
      const response = await rig.post({ model, stream, messages });
      return { status: response.status, text: await response.text() };
    },
    async leftOpen() {
      for (let tries = 0; tries < 100 && faulty.open() > 0; tries += 1) await sleep(10);
      return faulty.open();
    },
    async reset() {
      fault = () => {};
      await faulty.drop();
    },
    async close() {
      await rig.close();
      await faulty.close();
      await sound.close();
    },
  };
}

/** Writes the same again and again until the connection is closed. */
export function drip(socket: Socket, bytes: string | Buffer, everyMs = 20): void {
  const timer = setInterval(() => socket.write(bytes), everyMs);
  socket.on('close', () => clearInterval(timer));
}
