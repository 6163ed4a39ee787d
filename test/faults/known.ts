/** Parts of names of cells (`fault | provider | client | stream`) that fail today; a line goes with its cause. */
export const known: readonly string[] = [
  // Bytes that pass keep the provider's content type, whatever it says.
  'answer of the wrong content type',
  // Bytes that pass end with the finish where the provider never sends its last event.
  'finish, then reset before the last event',
  'finish, then closed before the last event',
  'finish, then open before the last event',
  'all but the last event, which is cut',
  // Each chunk of a stream without its start gets an id of its own.
  'ending only | bedrock | chat | stream',
  // The error of the total time-out counts its sequence from 0 again behind events that passed.
  'pings without end after text | openai-responses | responses | stream',
  // Fail before, and pass with, the bounds and ends of a provider's call (the branch `upstream`); to be removed with it.
  'content-length too short',
  'kept connection reset on reuse',
  'kept connection closed on reuse',
  '101 upgrade',
  '101 without upgrade',
  'gzip bomb of 40 MB',
  '10 MB of [',
  'whole stream, then open',
  'whole answer, then silence without an end',
  'half an event at the end',
  'half an event, then reset',
  'events in reverse',
];
