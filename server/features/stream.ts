/** A migration stream for a page: its sections and their values, by the tree where there is one. */
import { levelName, levelOf, levelScheme } from "../../core/priority";
import { createDecoder } from "../../core/wire/definitions";
import { inspectStream } from "../../core/wire/inspect";
import type { InspectOptions } from "../../core/wire/inspect";
import type { ServerContext } from "../context";
import { answered, describe } from "../guard";
import { methods } from "../protocol";
import type { InspectParams, InspectResult } from "../protocol";
import { notesOf, sectionRow } from "../streamFields";
import type { Feature } from "./feature";
import { failed, treeFor } from "./machine";

export const stream: Feature = {
  register(context) {
    context.connection.onRequest(
      methods.inspect,
      answered(context.log, methods.inspect, async (params: InspectParams, token): Promise<InspectResult> => {
        const file = context.host.openStream?.(params.uri);
        if (file === undefined) throw failed(`${params.uri} cannot be read here`);
        try {
          const tree = await treeFor(context, undefined, token).catch(() => undefined);
          const inspection = inspectStream(file.source, tree === undefined ? {} : decoding(context, tree.project));
          return {
            size: file.source.size,
            machine: inspection.configuration?.machine ?? "",
            ...(tree === undefined ? {} : { tree: tree.session.root }),
            sections: inspection.sections.map(sectionRow),
            notes: notesOf(inspection),
          };
        } finally {
          file.close();
        }
      }),
    );
  },
};

type Tree = Awaited<ReturnType<typeof treeFor>>["project"];

/** A tree that cannot decode a section leaves it to the stream's own description. */
function decoding({ log }: ServerContext, project: Tree): InspectOptions {
  const decoder = createDecoder(project);
  const scheme = levelScheme(project.priorityLevels());
  return {
    decoder: (...section) => {
      try {
        return decoder.decode(...section);
      } catch (error) {
        log.error(`inspect ${section[0].idstr}: ${describe(error)}`);
        return undefined;
      }
    },
    level: (section) => {
      const description = decoder.candidates(section.idstr)[0];
      const level = description && levelOf(description, scheme);
      return level?.known === true ? { name: levelName(level.value, scheme), value: level.value } : undefined;
    },
  };
}
