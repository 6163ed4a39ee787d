import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, endOf, runNpm } from '../installing/npm.ts';

/** aws-lambda-ric is what Lambda's own Node runtime is made of; it is built on this machine, so it lives in a cache. */
const clientVersion = '4.0.2';
/** A minute on two cores. */
const LONGEST_BUILD_MS = 1_200_000;

export const repository = join(import.meta.dirname, '../..');
const cache = join(cacheFolder, 'lambda-ric');
const clientFolder = join(cache, 'node_modules/aws-lambda-ric');
const addon = join(clientFolder, 'rapid-client.node');

/** The module that a Lambda function's process starts with. */
export const runtimeClient = join(clientFolder, 'index.mjs');

/** Says what the machine lacks, or where the log of the failed build is. */
export class BuildImpossible extends Error {
  override readonly name = 'BuildImpossible';
}

/** Fetches and builds the runtime client unless the cache has it. Takes about a minute the first time. */
export async function ensureRuntimeClient(): Promise<void> {
  if (existsSync(addon) && existsSync(runtimeClient) && existsSync(finished())) return;
  refuseIfToolsAreMissing();
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'package.json'), JSON.stringify(cachePackage(), null, 2));
  console.log(`Building AWS's runtime client ${clientVersion} into .cache/lambda-ric: about a minute, once.`);
  await build();
  // 190 MB that are not needed after the compiler has read the headers in it.
  rmSync(headersFolder(), { recursive: true, force: true });
  writeFileSync(finished(), '');
}

/** Named after both versions: another Node or another client builds anew. */
function finished(): string {
  return join(cache, `built-${clientVersion}-for-${process.version}`);
}

/** What each tool is for, as the client's install scripts use them. */
const tools: [names: string[], purpose: string][] = [
  [['cmake', 'cmake3'], 'builds aws-lambda-cpp'],
  [['c++', 'g++', 'clang++'], 'C++ compiler'],
  [['cc', 'gcc', 'clang'], 'C compiler, for curl'],
  [['make'], 'runs the builds'],
  [['python3'], 'runs node-gyp'],
  [['tar'], 'unpacks the sources'],
  [['xz'], 'unpacks the sources'],
];

function refuseIfToolsAreMissing(): void {
  if (process.platform !== 'linux') {
    throw new BuildImpossible(
      `AWS's runtime client builds on Linux only, and this is ${process.platform}: run npm run test:lambda in a Linux container.`,
    );
  }
  const missing = tools.filter(([names]) => !names.some(runs));
  if (missing.length === 0) return;
  const lines = missing.map(([names, purpose]) => `  ${names[0]} (${purpose})`);
  throw new BuildImpossible(
    `AWS's runtime client cannot be built here. Missing:\n${lines.join('\n')}\nOn Debian: apt-get install build-essential cmake python3 xz-utils`,
  );
}

function runs(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/**
 * The addon is compiled against the headers of the Node that will load it. The npm package `node` throws its headers
 * away; the package it takes its binary from has them.
 */
function headersPackage(): string {
  return `node-${process.platform}-${process.arch}`;
}

function headersFolder(): string {
  return join(cache, 'node_modules', headersPackage());
}

function cachePackage() {
  return {
    private: true,
    dependencies: { 'aws-lambda-ric': clientVersion, [headersPackage()]: process.version.slice(1) },
    // npm 11 asks before a dependency's install script runs: this is the answer.
    allowScripts: { 'aws-lambda-ric': true },
  };
}

async function build(): Promise<void> {
  const log = join(cache, 'build.log');
  const { code, output } = await runNpm(['install', '--ignore-scripts=false', '--foreground-scripts'], {
    folder: cache,
    timeoutMs: LONGEST_BUILD_MS,
    env: { ...process.env, npm_config_nodedir: headersFolder() },
  });
  writeFileSync(log, output);
  if (code === 0 && existsSync(addon)) return;
  throw new BuildImpossible(`${endOf(output)}\nAWS's runtime client could not be built; its output is in ${log}.`);
}
