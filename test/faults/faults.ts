import { bodyFaults } from './body-faults.ts';
import { connectionFaults } from './connection-faults.ts';
import type { Fault } from './fault.ts';
import { headFaults } from './head-faults.ts';
import { refusalFaults } from './refusal-faults.ts';
import { streamFaults } from './stream-faults.ts';

/** How a provider can go wrong, by name. */
export const faults: readonly Fault[] = [
  ...connectionFaults,
  ...headFaults,
  ...refusalFaults,
  ...bodyFaults,
  ...streamFaults,
];

export const faultOf = (name: string): Fault => {
  const fault = faults.find((candidate) => candidate.name === name);
  if (!fault) throw new Error(`there is no fault '${name}'`);
  return fault;
};
