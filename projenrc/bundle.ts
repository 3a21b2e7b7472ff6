/**
 * Turns what jsii compiles into what the package holds. The last step of `npm run compile`.
 *
 * - `lib/src/index.js` has the exports. It loads `library.js` on the first use of one.
 * - `lib/src/library.js` has the modules of `src` and `imports`, as jsii compiles them, without comments. Each runs when another one or an export needs it.
 * - `lib/vendor` has the packages that these modules import, other than those of the user.
 * - `lib/imports/*.js` are the namespaces of L1 classes.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { createPrinter, createSourceFile, ScriptKind, ScriptTarget } from 'typescript';

const ROOT = join(__dirname, '..');
const LIB = join(ROOT, 'lib');
const INDEX = join(LIB, 'src', 'index.js');

/**
 * Packages whose classes this library and the user share. All of them load with the index. If they loaded later, a tool that clears the registry of
 * modules, as `resetModules` of jest does, would give the library other copies than the user has.
 */
const PEERS = ['constructs', 'cdk8s', 'cdk8s-plus-28'];
/** Packages that become a part of this one, and whether each App uses them. The others load on first use. */
const VENDOR: Readonly<Record<string, boolean>> = { 'ipaddr.js': true, 're2js': false, 'yaml': false };

const printer = createPrinter({ removeComments: true });

/** A compiled module without comments. */
function printed(file: string): string {
  return printer.printFile(createSourceFile(file, readFileSync(file, 'utf8'), ScriptTarget.Latest, true, ScriptKind.JS));
}

/** The module of the index. jsii's version loads all modules; here each export loads its own. */
function lazyExports(text: string): string {
  const paths = new Map([...text.matchAll(/^var (\w+) = require\("(.+)"\);$/gm)].map(([, name, path]) => [name, path]));
  return text
    .replace(/^var \w+ = require\(".+"\);\n/gm, '')
    .replace(/return (\w+)\.(\w+);/g, (whole, module: string, name: string) => paths.has(module) ? `return require("${paths.get(module)}").${name};` : whole)
    .replace(/^exports\.(\w+) = __importStar\((require\(".+"\))\);$/gm, 'Object.defineProperty(exports, "$1", { enumerable: true, get: function () { return $2; } });');
}

/** A module without tsc's helpers for `import *`. They only copy modules without `__esModule`, and each member is as good as its copy. */
function plainImports(text: string): string {
  return text.replace(/^var __createBinding = [^]*?(?=^Object\.defineProperty\(exports, "__esModule")/m, '').replace(/__importStar\((require\(".+"\))\)/g, '$1');
}

/** All modules as one, which is a function of the peers. */
class Library {
  private readonly ids = new Map<string, string>();
  private readonly modules: string[] = [];

  public constructor() {
    this.idOf(INDEX);
  }

  public text(): string {
    // The parentheses make V8 compile the function at once, rather than parse it twice.
    return `"use strict";
module.exports = (function (peers) {
const lazy = run => { let made; return () => { if (made === undefined) { made = {}; run(made); } return made; }; };
const lazyMembers = (names, load) => { let made; return Object.defineProperties({}, Object.fromEntries(names.map(name => [name, { get: () => (made ??= load())[name] }]))); };
${this.modules.join('\n')}
return ${this.idOf(INDEX)}();
});
`;
  }

  /** The function that runs a module once and returns its exports. */
  private idOf(file: string): string {
    let id = this.ids.get(file);
    if (id === undefined) {
      id = `module${this.ids.size}`;
      this.ids.set(file, id);
      const text = file === INDEX ? lazyExports(printed(file)) : plainImports(printed(file));
      const body = text.replace(/\brequire\("([^"]+)"\)/g, (_, name: string) => this.reference(name, file));
      this.modules.push(`// ${relative(LIB, file)}\nconst ${id} = lazy(function (exports) {\n${body}});`);
    }
    return id;
  }

  private reference(name: string, from: string): string {
    if (name.startsWith('.')) return `${this.idOf(`${resolve(dirname(from), name)}.js`)}()`;
    if (PEERS.includes(name)) return `peers["${name}"]`;
    if (!(name in VENDOR)) return `require("${name}")`;
    const load = `require("../vendor/${fileOf(name)}")`;
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return VENDOR[name] ? load : `lazyMembers(${JSON.stringify(Object.keys(require(name)).filter(member => member !== 'default'))}, () => ${load})`;
  }
}

const fileOf = (name: string) => `${name.replace(/\.js$/, '')}.js`;

/** The exports of a compiled module. It is not loaded: its checks may lack the shapes that the next step writes. */
function names(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const others = [...text.matchAll(/^__exportStar\(require\("(.+)"\), exports\);$/gm)].flatMap(([, path]) => names(`${resolve(dirname(file), path)}.js`));
  return [...new Set([...text.matchAll(/\bexports\.(\w+) = /g)].map(([, name]) => name).concat(others))];
}

/** The index of the package. Node finds the names that modules of JavaScript import in the last line. */
function index(exported: string[]): string {
  return `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const peers = { ${PEERS.map(name => `"${name}": require("${name}")`).join(', ')} };
let library;
for (const name of [${exported.map(name => `"${name}"`).join(', ')}]) {
  Object.defineProperty(exports, name, { enumerable: true, get: () => (library ??= require("./library.js")(peers))[name] });
}
0 && (module.exports = { ${exported.join(', ')} });
`;
}

/** The declarations that those of the index need. */
function declarations(file: string, found = new Set<string>()): Set<string> {
  if (!found.has(file)) {
    found.add(file);
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from |import\(|import )['"](\.[^'"]+)['"]/g)) declarations(`${resolve(dirname(file), path)}.d.ts`, found);
  }
  return found;
}

const library = new Library().text();
const exported = names(INDEX);
const namespaces = [...readFileSync(INDEX, 'utf8').matchAll(/^exports\.(\w+) = __importStar\(require\("\.\.\/imports\/(.+)"\)\);$/gm)];

const kept = declarations(join(LIB, 'src', 'index.d.ts'));
const compiled = readdirSync(LIB, { recursive: true, encoding: 'utf8' }).map(name => join(LIB, name));
compiled.filter(file => file.endsWith('.js') || (file.endsWith('.d.ts') && !kept.has(file))).forEach(file => rmSync(file));

writeFileSync(join(LIB, 'src', 'library.js'), library);
writeFileSync(INDEX, index(exported));
for (const [, name, file] of namespaces) writeFileSync(join(LIB, 'imports', `${file}.js`), `module.exports = require("../src/index.js").${name};\n`);

const vendor = Object.fromEntries(Object.keys(VENDOR).map(name => [fileOf(name).replace(/\.js$/, ''), name]));
buildSync({
  entryPoints: vendor, outdir: join(LIB, 'vendor'), bundle: true, platform: 'node', target: 'node20', minify: true, legalComments: 'none', logLevel: 'warning', absWorkingDir: ROOT,
});
const licenses = Object.keys(VENDOR).map(name => `${name}\n\n${readFileSync(join(ROOT, 'node_modules', name, 'LICENSE'), 'utf8')}`);
writeFileSync(join(LIB, 'vendor', 'LICENSES'), licenses.join('\n'));

// jsii indents the assembly, which makes an eighth of its packed size.
const assembly = join(ROOT, '.jsii');
writeFileSync(assembly, JSON.stringify(JSON.parse(readFileSync(assembly, 'utf8'))));
