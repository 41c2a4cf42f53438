// The one thing that the scripts need of Node.
declare const process: { argv: string[] };
