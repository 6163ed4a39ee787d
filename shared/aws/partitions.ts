/**
 * The partitions that the data plane writes, as patterns of IAM. Its role is allowed to write to no others: whatever a caller
 * makes it do, it can neither make a key nor change the configuration. What it remembers of issuers' keys is asked for again every day.
 */
export const dataPlanePartitions = [
  // Usage records.
  'USAGE#*',
  // Limits and budgets.
  'SCOPE#*',
  // Descriptions of images, the generation of all of them, and what a day's descriptions saved.
  'IMAGE#*',
  'IMAGES',
  'VISION#*',
  // Remembered answers, and stored responses.
  'ANSWER#*',
  'RESPONSE#*',
  // The public keys of the issuers whose tokens are accepted.
  'JWKS#*',
  // Breakers and probes.
  'HEALTH#*',
] as const;

/**
 * The partitions that the administration writes. It is the only function that writes keys, groups, admin keys, the audit log
 * and the configuration; beside them it clears remembered descriptions of images.
 */
export const adminPlanePartitions = [
  'KEY#*',
  'GROUP#*',
  'ADMIN#*',
  'AUDIT#*',
  'CONFIG',
  // The generations that clear descriptions, and their counts.
  'IMAGE#*',
  'IMAGES',
  'VISION#*',
] as const;
