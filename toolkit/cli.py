"""The command line: `klartext translate|summarize|topics|digest|batch|app|demo|models`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from typing import NoReturn

from toolkit import __version__
from toolkit.engines import DEVICES, ENGINES, PRECISIONS, EngineSettings, GenerationOptions
from toolkit.errors import KlartextError
from toolkit.messages import say

DONE, FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: done; done, but an input failed; wrong usage or nothing usable; Ctrl-C."""

_DESCRIPTION = "German news in English: a translation, a summary and topics, on this machine and without a network."
_EPILOG = (
    "exit codes: 0 done; 1 done, but an input failed; 2 wrong usage or unusable input; 130 interrupted. "
    "Results go to standard output, words about them to standard error."
)
_BATCH_EPILOG = (
    "New columns: translate: translation, doubt (of the sentence in most doubt), to_check (how many sentences), "
    "checks (these with reasons and findings); summarize: headline, summary, unsupported (how many of its "
    "sentences), record; topics: topic, topic_score, record; digest: all but checks, which record has. record is the "
    "JSON of `klartext digest --json`. Every column of the input stays before them. .txt output and the files of a "
    "folder hold one of them alone: translation, summary, topic, of a digest (in a folder) record. As many records "
    "come out as went in, in order; one that fails has an empty line or null, in .jsonl an error too, and is listed "
    "in OUT.errors.jsonl. OUT.journal holds what is done until all is; a job that was stopped goes on when the same "
    "command is run again. exit codes: 0 done; 1 done, but records failed; 2 unusable, nothing lost; 130 "
    "interrupted, can go on."
)
_FILES = "files to read: .txt, .md, .docx, .pdf, .html; - for standard input"
_DIGEST_EPILOG = "-o FILE.md, .html, .docx or .json is written in that format, any other as on a terminal."
_HELP_COLUMNS = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. `arguments` defaults to those of the process."""
    options = build_parser().parse_args(arguments)
    from toolkit import commands

    try:
        return commands.run(options)
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone, as `| head` does. What is still buffered would raise once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KlartextError as error:
        say(f"error: {error}")
        return UNUSABLE
    except MemoryError:
        say("error: out of memory: give a smaller --batch-tokens or a shorter text")
        return UNUSABLE


class _Formatter(argparse.HelpFormatter):
    """The same help in every Python version: "-o, --output FILE", lines of at most 100 columns."""

    def __init__(self, prog: str) -> None:
        columns = min(shutil.get_terminal_size().columns, _HELP_COLUMNS)
        super().__init__(prog, max_help_position=28, width=columns)

    def _format_action(self, action: argparse.Action) -> str:
        if isinstance(action, argparse._SubParsersAction):  # the commands alone, without a line for their placeholder
            return self._join_parts([super(_Formatter, self)._format_action(each) for each in action._get_subactions()])
        return super()._format_action(action)

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings or action.nargs == 0:
            return super()._format_action_invocation(action)
        metavar = self._format_args(action, self._get_default_metavar_for_optional(action))
        return f"{', '.join(action.option_strings)} {metavar}"


class _Parser(argparse.ArgumentParser):
    """One line of error, without the usage, and the remedy."""

    def error(self, message: str) -> NoReturn:
        self.exit(UNUSABLE, f"klartext: error: {message} (see `{self.prog} --help`)\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands and options."""
    parser = _Parser(
        prog="klartext", description=_DESCRIPTION, epilog=_EPILOG, formatter_class=_Formatter, allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"klartext {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, title="commands")

    def command(name: str, summary: str, *, usage: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            usage=f"klartext {name} {usage}",
            formatter_class=_Formatter,
            allow_abbrev=False,
        )

    inputs = "[options] (FILE ... | - | --text TEXT)"
    translate = command("translate", "German text into English, paragraphs and blank lines kept", usage=inputs)
    _add_inputs(translate)
    _add_model(translate, "--model", "translator")
    _add_glossary(translate)
    _add_engine(translate)

    summarize = command("summarize", "a headline and a short summary of English or German text", usage=inputs)
    _add_inputs(summarize)
    _add_from(summarize)
    _add_sentences(summarize)
    _add_model(summarize, "--model", "summarizer")
    _add_model(summarize, "--translator", "translator for German text")
    _add_glossary(summarize)
    _add_engine(summarize)

    topics = command("topics", "how well each label fits an English or German text", usage=inputs)
    _add_inputs(topics)
    _add_from(topics)
    _add_labels(topics)
    topics.add_argument(
        "--threshold", type=_share, metavar="SHARE", help="score below which a label is not chosen, 0 to 1"
    )
    _add_model(topics, "--model", "topic model")
    _add_model(topics, "--translator", "translator for German text")
    _add_glossary(topics)
    _add_engine(topics)

    digest = command("digest", "translation, summary and topics of German text", usage=inputs)
    digest.epilog = _DIGEST_EPILOG
    _add_inputs(digest)
    _add_digest(digest)

    batch = command(
        "batch", "a table or folder of texts in, the same with new columns out; resumable", usage="[options] IN -o OUT"
    )
    batch.epilog = _BATCH_EPILOG
    _add_batch(batch)

    _add_app(command("app", "the reading page for a browser, on this machine", usage="[options]"))

    demo = command("demo", "the digest of an article that comes with klartext", usage="[options]")
    demo.set_defaults(inputs=[], text=None, encoding=None)
    _add_output(demo)
    _add_digest(demo)

    models = command("models", "the models there are, with size, licence and folder", usage="[options]")
    _add_output(models)
    return parser


def _add_inputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("inputs", nargs="*", metavar="FILE", help=_FILES)
    parser.add_argument("--text", metavar="TEXT", help="the text itself, instead of files")
    parser.add_argument(
        "--encoding",
        metavar="NAME",
        help="encoding of the files, e.g. latin-1 (default: UTF-8, or what their mark says)",
    )
    _add_output(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="JSON: one object, or one a line for several inputs")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the result there instead of standard output")


def _add_batch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "input",
        metavar="IN",
        help=".txt (a record a line), .csv, .tsv, .jsonl, .parquet; a folder, or a pattern in quotes, of .txt and .md "
        "(a record a file); - for standard input",
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="a file with one of these endings, or a folder"
    )
    parser.add_argument(
        "--task",
        choices=("translate", "digest", "summarize", "topics"),
        default="translate",
        metavar="TASK",
        help="translate (default), digest, summarize, topics",
    )
    parser.add_argument("--column", default="text", metavar="NAME", help="column with the texts (default: text)")
    parser.add_argument("--id", metavar="NAME", help="column with the ids (default: id, where there is one)")
    parser.add_argument("--prefix", default="", metavar="TEXT", help="put before the names of the new columns")
    parser.add_argument(
        "--format",
        choices=("txt", "csv", "tsv", "jsonl", "parquet"),
        metavar="FORMAT",
        help="format of the input where its name does not tell (default for -: txt)",
    )
    parser.add_argument(
        "--encoding",
        metavar="NAME",
        help="encoding of text input, e.g. latin-1 (default: UTF-8, or what its mark says)",
    )
    existing = parser.add_mutually_exclusive_group()
    existing.add_argument(
        "--resume", action="store_true", help="go on where an earlier run stopped; done anyway if there is a journal"
    )
    existing.add_argument("--restart", action="store_true", help="begin anew, whatever an earlier run has done")
    parser.add_argument("--overwrite", action="store_true", help="replace a finished output")
    parser.add_argument("--cache", metavar="FILE", help="remember translated sentences there, from job to job")
    parser.add_argument(
        "--max-chars",
        type=_positive,
        default=1_000_000,
        metavar="N",
        help="a record of more characters fails (default: 1000000)",
    )
    _add_from(parser)
    parser.add_argument(
        "--threshold", type=_share, metavar="SHARE", help="score below which a label is not chosen, 0 to 1"
    )
    _add_digest(parser)


def _add_app(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="address to serve on (default: 127.0.0.1, this machine)"
    )
    parser.add_argument("--port", type=_positive, default=7860, metavar="N", help="port to serve on (default: 7860)")
    parser.add_argument("--mcp", action="store_true", help="also serve the functions to agents, as an MCP server")
    parser.add_argument(
        "--offer",
        action="append",
        default=[],
        metavar="MODEL",
        help="a further translator that readers may choose; may be given several times",
    )
    _add_model(parser, "--translator", "translator")
    _add_model(parser, "--summarizer", "summarizer")
    _add_model(parser, "--topics-model", "topic model")
    _add_glossary(parser)
    _add_engine(parser)


def _add_digest(parser: argparse.ArgumentParser) -> None:
    _add_sentences(parser)
    _add_labels(parser)
    _add_model(parser, "--translator", "translator")
    _add_model(parser, "--summarizer", "summarizer")
    _add_model(parser, "--topics-model", "topic model")
    _add_glossary(parser)
    _add_engine(parser)


def _add_from(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        dest="source_language",
        choices=("auto", "de", "en"),
        default="auto",
        metavar="LANGUAGE",
        help="de: translate first; en: take as it is; auto (default): look at the text",
    )


def _add_sentences(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sentences", type=_positive, default=3, metavar="N", help="sentences of the summary at most (default: 3)"
    )


def _add_labels(parser: argparse.ArgumentParser) -> None:
    labels = parser.add_mutually_exclusive_group()
    labels.add_argument("--labels", metavar="A,B,C", help="topics to choose from (default: a set for news)")
    labels.add_argument("--labels-file", metavar="FILE", help="the same from a file, one a line, commas allowed")
    parser.add_argument("--multi-label", action="store_true", help="any number of topics may fit, not only one")


def _add_model(parser: argparse.ArgumentParser, option: str, what: str) -> None:
    parser.add_argument(
        option,
        metavar="MODEL",
        help=f"{what}: a name from `klartext models`, a folder, or a hub name organisation/model",
    )


def _add_glossary(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--glossary",
        metavar="FILE",
        help="terms and the English wanted for them, .tsv or .csv: German, English; a name without English stays",
    )


def _add_engine(parser: argparse.ArgumentParser) -> None:
    settings, generation = EngineSettings(), GenerationOptions()
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=settings.engine,
        metavar="ENGINE",
        help="auto (default), ct2 (CTranslate2), hf (transformers and torch), fake (for tests)",
    )
    parser.add_argument(
        "--device", choices=DEVICES, default=settings.device, metavar="DEVICE", help="auto (default), cpu, cuda"
    )
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default=settings.precision,
        metavar="TYPE",
        help="auto (default), int8, float32, float16",
    )
    parser.add_argument("--threads", type=_positive, metavar="N", help="CPU threads (default: all)")
    parser.add_argument(
        "--batch-tokens",
        type=_positive,
        default=settings.batch_tokens,
        metavar="N",
        help=f"tokens in a batch at most; fewer take less memory (default: {settings.batch_tokens})",
    )
    parser.add_argument(
        "--beam",
        type=_positive,
        default=generation.beam,
        metavar="N",
        help=f"translations followed at once; 1 is fastest (default: {generation.beam})",
    )


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 up, got {text!r}")
    return number


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, got {text!r}")
    return share
