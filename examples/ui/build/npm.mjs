// Runs npm with the given arguments; on Windows npm is a script, which only a shell can start.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync('npm', process.argv.slice(2), { stdio: 'inherit', shell: process.platform === 'win32' });
process.exit(status ?? 1);
