/** What an audit found, as chain/audit/report.py has it: each look is counted under its rule, each fault is a finding of its own. */
import audit from "../../chain/words/audit.json" with { type: "json" };
import { Unavailable, YinxinError } from "../verify/errors.ts";

/** A rule's number, such as `A704`. */
export type Rule = keyof typeof audit extends `rule.${infer Number}` ? Number : never;

/** How sure a finding is. */
export type Result = "broken" | "unknown" | "note";

/** The stored thing that a finding concerns: a paper by its digest (0x), a block, a lot; each null where there is none. */
export interface Concerns {
  readonly paper: string | null;
  readonly block: number | null;
  readonly lot: number | null;
}

/** One finding; `subject` and `detail` in the words of `yinxin audit`. */
export interface Finding extends Concerns {
  readonly rule: Rule;
  readonly result: Result;
  readonly subject: string;
  readonly detail: string;
}

/** What is looked at: its name in findings, and where it lies. */
export interface Subject extends Partial<Concerns> {
  readonly name: string;
}

/** Thrown within {@link Report.looking} where a rule does not hold. */
export class Broken extends YinxinError {
  constructor(message: string) {
    super(message, "audit.broken");
  }
}

/** What is asked for is not to be had: the rule stays open. */
export class Missing extends YinxinError {
  constructor(message: string, code = "audit.missing") {
    super(message, code);
  }
}

const LONGEST = 400;
const DISAGREE = "rpc.disagree";

/** Collects findings. `said` is told of each thing looked at. */
export class Report {
  readonly findings: Finding[] = [];
  readonly looked = new Map<Rule, number>();

  constructor(private readonly said: (subject: string) => void = () => undefined) {}

  /** Tells whoever listens what is looked at now. */
  about(subject: string): void {
    this.said(subject);
  }

  /** Looks at a rule; a finding unless the condition is true. Gives the condition. */
  holds(rule: Rule, subject: Subject, condition: boolean, detail: string): boolean {
    this.count(rule);
    if (!condition) this.find(rule, "broken", subject, detail);
    return condition;
  }

  /** A rule that cannot be judged. */
  unknown(rule: Rule, subject: Subject, detail: string): void {
    this.count(rule);
    this.find(rule, "unknown", subject, detail);
  }

  /** Something worth knowing. */
  note(rule: Rule, subject: Subject, detail: string): void {
    this.count(rule);
    this.find(rule, "note", subject, detail);
  }

  /** Counts looks at a rule that were made together. */
  count(rule: Rule, times = 1): void {
    this.looked.set(rule, (this.looked.get(rule) ?? 0) + times);
  }

  /**
   * Looks at a rule by doing something that throws if it does not hold; what it gives, or null after a finding. What is not to be
   * had leaves the rule open; every other error of ours breaks it. Endpoints that contradict each other end the audit: no
   * rule is worth a word while one of them lies.
   */
  async looking<T>(rule: Rule, subject: Subject, work: () => T | Promise<T>): Promise<T | null> {
    this.count(rule);
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof YinxinError) || error.code === DISAGREE) throw error;
      const open = error instanceof Unavailable || error instanceof Missing;
      this.find(rule, open ? "unknown" : "broken", subject, error.message);
      return null;
    }
  }

  private find(rule: Rule, result: Result, subject: Subject, detail: string): void {
    const { name, paper = null, block = null, lot = null } = subject;
    this.findings.push({ rule, result, subject: name, detail: detail.slice(0, LONGEST), paper, block, lot });
  }
}
