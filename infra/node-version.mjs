// Plain JavaScript, since an older Node cannot read the TypeScript that `npm start` and `npm test` run next.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Sluice needs Node 22.18 or later, and this is Node ${process.versions.node}. Install a newer one (https://nodejs.org), then run: npm ci`,
  );
  process.exit(1);
}
