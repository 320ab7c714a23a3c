/** What the newest notice says of the committee and its draws. */
import { isObject, type JsonObject, member } from "../../verify/canonical.ts";
import { objectOf, textsIn, wholeIn } from "../forms.ts";

/** Rules of the notice, as it stands on the board. */
export interface CommitteeRules {
  readonly members: number;
  /** How many of them are drawn. */
  readonly experts: number;
  /** True where tendering is mandatory by law. */
  readonly mandatory: boolean;
  /** Float points, of which one is drawn; null: there is no reference price. */
  readonly floats: readonly string[] | null;
}

/** From a notice. Throws InvalidInput. */
export function committeeRules(notice: JsonObject): CommitteeRules {
  const said = objectOf(notice, "committee", ["members", "experts"]);
  const evaluation = member(notice, "evaluation");
  const reference = isObject(evaluation) ? member(evaluation, "reference") : null;
  return {
    members: wholeIn(said, "members", 1),
    experts: wholeIn(said, "experts", 0),
    mandatory: notice.mandatory === true,
    floats: isObject(reference) ? textsIn(reference, "floats") : null,
  };
}
