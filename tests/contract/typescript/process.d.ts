// The one thing evaluate.ts needs of Node.
declare const process: { argv: string[] };
