/**
 * The errors that each public constructor, method and factory can raise, by the call graph of the source.
 *
 * A function raises the codes that its body names, and those of the functions, methods and accessors that its body refers to. A reference to a
 * method is one to each class and object that implements it. What a function hands to `checkAtSynthesis` is checked at synthesis. What it hands to
 * `Lazy` renders, and raises nothing.
 */
import { join } from 'node:path';
import * as ts from 'typescript';

/** The codes that one call can raise. */
export interface Raised {
  /** While the call runs. */
  readonly atOnce: ReadonlySet<string>;
  /** When the App is synthesized. */
  readonly atSynthesis: ReadonlySet<string>;
}

type When = 'atOnce' | 'atSynthesis';

/** One function of the source: the codes that it names, and the functions that it refers to. */
interface Body {
  readonly codes: { readonly [when in When]: Set<string> };
  readonly callees: { readonly [when in When]: Set<ts.Node> };
}

const CODE = /^IM\d{4}$/;
/** The functions whose arguments run at synthesis. */
const VALIDATIONS = ['addValidation', 'checkAtSynthesis', 'refuseAtSynthesis', 'checkWithSidecars'];
/** Makes the cluster of an App that has none, with defaults that are always valid. */
const DEFAULT_CLUSTER = 'MeshCluster.of';

export class RaisedErrors {
  private readonly checker: ts.TypeChecker;
  private readonly sources: ReadonlySet<ts.SourceFile>;
  private readonly types = new Map<string, ts.Symbol>();
  private readonly bodies = new Map<ts.Node, Body>();
  /** The members that implement or override a member. */
  private readonly overrides = new Map<ts.Symbol, Set<ts.Symbol>>();
  /** Functions inside of functions that run where they are called, and not where they are made. */
  private readonly inner = new Set<ts.Node>();

  /** @param root the folder of the project */
  public constructor(root: string) {
    const { config } = ts.readConfigFile(join(root, 'tsconfig.dev.json'), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: ['src/index.ts'] }, ts.sys, root);
    const program = ts.createProgram([join(root, 'src', 'index.ts')], { ...options, noEmit: true });
    this.checker = program.getTypeChecker();
    const folder = join(root, 'src').replace(/\\/g, '/');
    this.sources = new Set(program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(`${folder}/`)));
    this.sources.forEach(source => this.read(source));
  }

  /**
   * What a public member raises.
   *
   * @param type a class or an interface
   * @param member `constructor`, or the name of a method
   */
  public of(type: string, member: string): Raised {
    const symbol = this.types.get(type);
    if (!symbol) throw new Error(`There is no type ${type} in src/.`);
    const raised = { atOnce: new Set<string>(), atSynthesis: new Set<string>() };
    const seen = { atOnce: new Set<ts.Node>(), atSynthesis: new Set<ts.Node>() };
    const visit = (node: ts.Node, when: When): void => {
      if (seen[when].has(node)) return;
      seen[when].add(node);
      const { codes, callees } = this.body(node);
      codes.atOnce.forEach(code => raised[when].add(code));
      codes.atSynthesis.forEach(code => raised.atSynthesis.add(code));
      callees.atOnce.forEach(callee => visit(callee, when));
      callees.atSynthesis.forEach(callee => visit(callee, 'atSynthesis'));
    };
    (member === 'constructor' ? this.constructing(symbol) : this.member(symbol, member)).forEach(node => visit(node, 'atOnce'));
    return raised;
  }

  private member(type: ts.Symbol, name: string): ts.Node[] {
    const symbol = this.checker.getDeclaredTypeOfSymbol(type).getProperty(name) ?? type.exports?.get(name as ts.__String);
    if (!symbol) throw new Error(`${type.name} has no member ${name}.`);
    return this.implementations(symbol);
  }

  /** Notes the types of a file, what overrides what, and which functions run later. */
  private read(node: ts.Node): void {
    if ((ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) && node.name && ts.isSourceFile(node.parent)) {
      this.types.set(node.name.text, this.checker.getSymbolAtLocation(node.name)!);
    }
    if (ts.isClassLike(node)) {
      const bases = this.basesOf(node);
      this.checker.getTypeAtLocation(node).getProperties()
        .forEach(member => bases.forEach(base => this.override(base.getProperty(member.name), member)));
    } else if (ts.isObjectLiteralExpression(node)) {
      node.properties.filter(isFunctionMember).forEach(member => this.readMember(node, member));
    } else if (ts.isNewExpression(node)) {
      this.readArguments(node);
    } else if (isLocalFunction(node)) {
      this.inner.add(node);
    }
    ts.forEachChild(node, child => this.read(child));
  }

  /** A function in an object implements the member of a type. */
  private readMember(object: ts.ObjectLiteralExpression, member: FunctionMember): void {
    const property = this.checker.getContextualType(object)?.getProperty(member.name.getText());
    const declared = property?.declarations?.filter(each => this.isOurs(each)) ?? [];
    if (declared.length === 0) return;
    this.inner.add(member);
    const symbol = this.checker.getSymbolAtLocation(member.name)!;
    this.override(property, symbol);
    // The property of a union has several declarations, each with a symbol of its own.
    declared.forEach(({ name }: ts.NamedDeclaration) => this.override(name && this.checker.getSymbolAtLocation(name), symbol));
  }

  /** A function that a constructor keeps as a property runs where that property is called, too. */
  private readArguments(node: ts.NewExpression): void {
    const constructor = this.checker.getResolvedSignature(node)?.declaration;
    if (!constructor || !ts.isConstructorDeclaration(constructor) || !this.isOurs(constructor)) return;
    constructor.parameters.forEach((parameter, i) => {
      const given = node.arguments?.[i];
      if (!given || !isFunction(given) || !ts.isParameterPropertyDeclaration(parameter, constructor)) return;
      this.checker.getSymbolsOfParameterPropertyDeclaration(parameter, parameter.name.getText())
        .forEach(property => this.override(property, this.checker.getTypeAtLocation(given).symbol));
    });
  }

  private override(overridden: ts.Symbol | undefined, by: ts.Symbol): void {
    if (overridden && overridden !== by) this.overrides.set(overridden, (this.overrides.get(overridden) ?? new Set()).add(by));
  }

  /** All types above a class. */
  private basesOf(node: ts.ClassLikeDeclaration | ts.InterfaceDeclaration): ts.Type[] {
    const above = (node.heritageClauses ?? []).flatMap(({ types }) => types.map(type => this.checker.getTypeAtLocation(type)));
    const declarations = above.flatMap(type => type.symbol?.declarations ?? []);
    return [...above, ...declarations.flatMap(each => (ts.isClassLike(each) || ts.isInterfaceDeclaration(each) ? this.basesOf(each) : []))];
  }

  private isOurs(node: ts.Node): boolean {
    return this.sources.has(node.getSourceFile());
  }

  /** The functions behind a member or a function. */
  private implementations(symbol: ts.Symbol): ts.Node[] {
    return [symbol, ...this.overrides.get(symbol) ?? []].flatMap(each => each.declarations ?? [])
      .filter(each => this.isOurs(each) && hasBody(each));
  }

  /** What runs when an object of a class is made: constructors and the first values of properties, up to the class above all. */
  private constructing(type: ts.Symbol): ts.Node[] {
    const declarations = (type.declarations ?? []).filter(ts.isClassLike).filter(each => this.isOurs(each));
    return declarations.flatMap(({ members, heritageClauses }) => {
      const base = heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
      const above = base && this.resolve(base.expression);
      const own = members.filter(member => hasConstructorBody(member) || (ts.isPropertyDeclaration(member) && !isStatic(member)));
      return [...own, ...above ? this.constructing(above) : []];
    });
  }

  private resolve(node: ts.Node): ts.Symbol | undefined {
    const shorthand = ts.isShorthandPropertyAssignment(node.parent);
    const symbol = shorthand ? this.checker.getShorthandAssignmentValueSymbol(node.parent) : this.checker.getSymbolAtLocation(node);
    return symbol?.declarations?.some(isImport) ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  private body(node: ts.Node): Body {
    const known = this.bodies.get(node);
    if (known) return known;
    const body: Body = { codes: { atOnce: new Set(), atSynthesis: new Set() }, callees: { atOnce: new Set(), atSynthesis: new Set() } };
    this.bodies.set(node, body);
    const visit = (child: ts.Node, when: When): void => {
      if (ts.isTypeNode(child) || this.inner.has(child)) return;
      if (ts.isStringLiteral(child) && CODE.test(child.text)) {
        if (isRaised(child)) body.codes[when].add(child.text);
      } else if (ts.isCallExpression(child)) {
        const callee = child.expression.getText();
        if (callee.startsWith('Lazy.') || callee === DEFAULT_CLUSTER) return;
        this.defaultCodes(child).forEach(code => body.codes[when].add(code));
        visit(child.expression, when);
        const later = VALIDATIONS.includes(callee.split('.').pop()!);
        child.arguments.forEach(argument => visit(argument, later ? 'atSynthesis' : when));
      } else {
        if (ts.isIdentifier(child) && !isNameOfDeclaration(child)) this.callees(child).forEach(callee => body.callees[when].add(callee));
        ts.forEachChild(child, each => visit(each, when));
      }
    };
    ts.forEachChild(node, child => visit(child, 'atOnce'));
    return body;
  }

  /** The codes that a call leaves to the defaults of parameters. */
  private defaultCodes({ expression, arguments: given }: ts.CallExpression): string[] {
    const declarations = this.resolve(ts.isPropertyAccessExpression(expression) ? expression.name : expression)?.declarations ?? [];
    return declarations.filter(ts.isFunctionLike).flatMap(({ parameters }) => parameters.slice(given.length))
      .flatMap(({ initializer }) => (initializer && ts.isStringLiteral(initializer) && CODE.test(initializer.text) ? [initializer.text] : []));
  }

  /** The functions that a name in an expression refers to. */
  private callees(name: ts.Identifier): ts.Node[] {
    const symbol = this.resolve(name);
    if (!symbol) return [];
    if (symbol.declarations?.some(ts.isClassLike)) return ts.isNewExpression(name.parent) ? this.constructing(symbol) : [];
    if (symbol.declarations?.some(ts.isVariableDeclaration)) {
      // A constant of a module may be a table of functions. Those of a function are part of it, but for functions that it calls.
      return symbol.declarations.filter(each => this.isOurs(each) && (this.inner.has(each) || isModuleConstant(each)));
    }
    return this.implementations(symbol);
  }
}

type FunctionMember = ts.MethodDeclaration | ts.PropertyAssignment;

function isFunction(node: ts.Node | undefined): boolean {
  return node !== undefined && (ts.isArrowFunction(node) || ts.isFunctionExpression(node));
}

function isImport(node: ts.Node): boolean {
  return ts.isImportSpecifier(node) || ts.isExportSpecifier(node) || ts.isNamespaceImport(node);
}

function hasConstructorBody(node: ts.ClassElement): boolean {
  return ts.isConstructorDeclaration(node) && node.body !== undefined;
}

function isStatic(node: ts.PropertyDeclaration): boolean {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false;
}

function isFunctionMember(node: ts.ObjectLiteralElementLike): node is FunctionMember {
  return ts.isMethodDeclaration(node) || (ts.isPropertyAssignment(node) && isFunction(node.initializer));
}

function isLocalFunction(node: ts.Node): boolean {
  const isConstant = ts.isVariableDeclaration(node) && isFunction(node.initializer) && !isModuleConstant(node);
  return isConstant || (ts.isFunctionDeclaration(node) && !ts.isSourceFile(node.parent));
}

function isModuleConstant(node: ts.Node): boolean {
  return ts.isVariableDeclaration(node) && ts.isVariableStatement(node.parent.parent) && ts.isSourceFile(node.parent.parent.parent);
}

function hasBody(node: ts.Node): boolean {
  const isDeclared = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isAccessor(node);
  return ts.isPropertyAssignment(node) || isFunction(node) || isKept(node) || (isDeclared && node.body !== undefined);
}

/** Whether a node is a static property with a function that keeps its answers. */
function isKept(node: ts.Node): boolean {
  return ts.isPropertyDeclaration(node) && isStatic(node) && node.initializer !== undefined
    && ts.isCallExpression(node.initializer) && node.initializer.expression.getText() === 'perSynthesis';
}

function isNameOfDeclaration(name: ts.Identifier): boolean {
  const { parent } = name;
  return (parent as ts.NamedDeclaration).name === name && !ts.isPropertyAccessExpression(parent) && !ts.isShorthandPropertyAssignment(parent);
}

/** Whether a code is one that is raised: not one that is compared with, and no default of a parameter, which counts where a call leaves it out. */
function isRaised({ parent }: ts.Node): boolean {
  const comparisons = [ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken];
  const isComparison = ts.isBinaryExpression(parent) && comparisons.includes(parent.operatorToken.kind);
  return !isComparison && !ts.isParameter(parent);
}
