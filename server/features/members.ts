/** What becomes of each member of the structs that a file declares, for a client that marks their lines. */
import { judgedMembers } from "../../core/ide/table/members";
import { toRange } from "../convert";
import { answered, throwIfCancelled } from "../guard";
import { openedFile } from "../locate";
import { methods } from "../protocol";
import type { MembersParams, MembersResult } from "../protocol";
import { nextTurn } from "../slices";
import type { Feature } from "./feature";

export const members: Feature = {
  register(context) {
    context.connection.onRequest(
      methods.members,
      answered(context.log, methods.members, async ({ uri }: MembersParams, token): Promise<MembersResult> => {
        const at = await openedFile(context, uri, token);
        await nextTurn();
        throwIfCancelled(token);
        if (at === undefined || !context.settings().structMarks) return { members: [] };
        const found = judgedMembers(at.project, at.path);
        return { members: found.map(({ range, ...judged }) => ({ ...judged, range: toRange(at.project, range) })) };
      }),
    );
  },
};
