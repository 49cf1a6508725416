/** The report of an entry's public types, by API Extractor. It has every exported name, without comments and in order. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type IConfigFile,
  type IExtractorMessagesConfig,
} from "@microsoft/api-extractor";

const NONE = { default: { logLevel: ExtractorLogLevel.None } };
const messages: IExtractorMessagesConfig = {
  compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
  extractorMessageReporting: NONE,
  tsdocMessageReporting: NONE,
};

/**
 * @param packageFolder the package, built
 * @param types the declarations of the entry, relative to the package
 * @throws Error when the declarations do not compile
 */
export function apiReportOf(packageFolder: string, types: string): string {
  const folder = mkdtempSync(join(tmpdir(), "ai-spans-api-"));
  const entryFile = join(packageFolder, types);
  try {
    const failures: string[] = [];
    const { succeeded } = Extractor.invoke(
      ExtractorConfig.prepare({
        configObject: configurationOf(packageFolder, entryFile, folder),
        configObjectFullPath: undefined,
        packageJsonFullPath: join(packageFolder, "package.json"),
      }),
      {
        localBuild: true,
        messageCallback: (message) => {
          if (message.logLevel === ExtractorLogLevel.Error) failures.push(message.text);
          message.handled = true;
        },
      },
    );
    if (!succeeded) throw new Error(`API Extractor has no report of ${types}: ${failures.join("; ")}`);
    return readFileSync(join(folder, "report.api.md"), "utf8").replaceAll("\r\n", "\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function configurationOf(packageFolder: string, entryFile: string, reportFolder: string): IConfigFile {
  return {
    projectFolder: packageFolder,
    mainEntryPointFilePath: entryFile,
    compiler: {
      overrideTsconfig: {
        compilerOptions: {
          target: "ES2022",
          module: "NodeNext",
          moduleResolution: "NodeNext",
          lib: ["ES2023", "DOM"],
          types: [],
          strict: true,
          skipLibCheck: true,
        },
        files: [entryFile],
      },
    },
    apiReport: {
      enabled: true,
      // A type that no entry exports is part of the surface where an exported one mentions it.
      includeForgottenExports: true,
      reportFolder,
      reportTempFolder: join(reportFolder, "temporary"),
      reportFileName: "report",
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    newlineKind: "lf",
    messages,
  };
}
