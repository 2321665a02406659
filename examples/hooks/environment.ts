// Which environment variables a program looks at, and how often: mrhooker environment.ts git log -1
import { getenv } from 'c:stdlib.h';
import { hook, shared } from 'mrhooker';

const variables = shared.map('variables');

hook(getenv, { enter: (name) => variables.add(name.text()) });
