import { systemTime } from '../../async/time.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Log } from '../../log.ts';
import { createMemory, type Memory } from '../../remember/memory.ts';
import type { Description } from '../../vision/ports.ts';
import type { Table } from '../table.ts';
import { createMemoryTable } from './table.ts';

interface Given {
  catalog: Catalog;
  log: Log;
  table: Table;
}

/** Descriptions of images, in memory over the table. */
export function createDescriptions({ catalog, log, table }: Given): Memory<Description> {
  const { vision } = catalog.config;
  const { ttlSeconds } = vision.cache;
  return createMemory<Description>({
    table: createMemoryTable<Description>({ table, names: imageNames, ttlSeconds, time: systemTime }),
    settings: vision.cache,
    bytesOf: ({ text }) => 2 * text.length,
    makingMs: vision.timeoutMs,
    awayMessage: 'descriptions of images cannot be read or stored: images are described again',
    log,
    time: systemTime,
  });
}

/** Where descriptions of images lie in the table. */
const imageNames = { subject: 'IMAGE', value: 'TEXT', all: 'IMAGES', counts: 'VISION' };
