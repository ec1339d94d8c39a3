"""The command line. Each command's module is imported when it runs, so that ``--help`` is quick."""

from __future__ import annotations

import errno
import faulthandler
import gc
import importlib
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from edgedet.errors import ConfigError, EdgedetError, printable

if TYPE_CHECKING:
    from types import ModuleType

    from click.shell_completion import CompletionItem

COMMANDS = {
    "run": ("edgedet.cli.run:run", "Detect live: show the picture in a browser, log how it goes."),
    "detect": ("edgedet.cli.detect:detect", "Detect in every frame of files, offline."),
    "inspect": ("edgedet.cli.inspect:inspect", "Show what edgedet understood of a model."),
    "bench": ("edgedet.cli.bench:bench", "Measure the pipeline beside the bare interpreter."),
    "events": ("edgedet.cli.events:events", "List, show, export, keep and delete what was recorded."),
    "archive": ("edgedet.cli.archive:archive", "Upload events to a bucket, fetch them, list them for queries."),
    "explain": ("edgedet.cli.explain:explain", "Show why there is an event, or why there is none."),
    "timeline": ("edgedet.cli.timeline:timeline", "Draw a day of events as a picture."),
    "replay": ("edgedet.cli.replay:replay", "Show what other settings would have made of recorded film."),
    "batch": ("edgedet.cli.batch:batch", "Many clips at once, on all cores or a cluster."),
    "privacy": ("edgedet.cli.privacy:privacy", "Stop cameras from seeing; prove that nothing shows."),
    "web": ("edgedet.cli.web:web", "Say who may use the page, and make its certificate."),
    "mqtt": ("edgedet.cli.mqtt:mqtt", "Try the MQTT broker."),
    "fleet": ("edgedet.cli.fleet:fleet", "Give each camera of many a certificate of its own."),
    "notify": ("edgedet.cli.notify:notify", "Try the messages."),
    "gpio": ("edgedet.cli.gpio:gpio", "Try lamp, button, relay and motion sensor."),
    "collect": ("edgedet.cli.collect:collect", "Keep hard frames, and hand them to those who annotate."),
    "drift": ("edgedet.cli.drift:drift", "Show whether the cameras still see what they saw."),
    "reload": ("edgedet.cli.reload:reload", "Take changed settings over without a stop."),
    "doctor": ("edgedet.cli.doctor:doctor", "Say what is wrong here, and what mends it."),
    "tune": ("edgedet.cli.tune:tune", "Find the model and threads that meet a goal on this board."),
    "config": ("edgedet.cli.config:config", "Make, check or show the configuration."),
    "sources": ("edgedet.cli.sources:sources", "List the cameras that are here."),
    "models": ("edgedet.cli.models:models", "List, check and download detectors."),
    "dataset": ("edgedet.cli.dataset:dataset", "Look at, check, convert and split annotated pictures."),
    "train": ("edgedet.cli.train:train", "Train a detector."),
    "export": ("edgedet.cli.export:export", "Write a trained detector as TFLite or ONNX."),
    "quantize": ("edgedet.cli.quantize:quantize", "Quantize a float model, and prove that it still detects."),
    "evaluate": ("edgedet.cli.evaluate:evaluate", "Measure the accuracy of models on annotated pictures."),
    "analyse": ("edgedet.cli.analyse:analyse", "Show a model's ranges, clipping and error, layer by layer."),
}


_CV2_NO_MEMORY = -4
"""The ``code`` of OpenCV's own error where it can't have memory (cv::Error::StsNoMem)."""


class Commands(click.Group):
    """A group whose commands are imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order a user needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command's module."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(_load(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A command by its name, with a suggestion for one that is nearly right."""
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            import difflib  # 5 ms that only a mistake has to wait for

            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(COMMANDS)}"
            raise click.UsageError(f"{args[0]}: no such command; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table: nothing is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, from the table too: pressing Tab shouldn't load OpenCV."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(name, help=text) for name, (_, text) in COMMANDS.items() if name.startswith(incomplete)]


def _load(module: str) -> ModuleType:
    """Import a command's module.

    What is imported stays to the end. So Python's search for cycles nobody needs any more rests meanwhile, and leaves
    it out afterwards: it took a tenth of the start, and each later search a frame's time.
    """
    if module in sys.modules:
        return sys.modules[module]
    gc.disable()
    try:
        return importlib.import_module(module)
    finally:
        gc.freeze()
        gc.enable()


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"edgedet {version('edgedet')}")
        ctx.exit()


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
    Completion with Tab, in bash (or zsh_source, fish_source):
    eval "$(_EDGEDET_COMPLETE=bash_source edgedet)"
    """,
)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version.")
@click.pass_context
def cli(context: click.Context) -> None:
    """An object-detection camera for the Raspberry Pi.

    Start with: edgedet run
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> NoReturn:
    """Run the command line: 0 all is well, 2 something the user can put right, 1 a fault of edgedet's own."""
    if sys.stderr is not None:
        faulthandler.enable()  # should a library crash the process after all, its last words say where
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would look for some in every installed package
    try:
        code = _run()
    except ConfigError as error:
        _end(2, *str(error.args[0]).splitlines(), error=error)
    except EdgedetError as error:
        _end(2, str(error), error=error)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f" (see: {context.command_path} --help)" if context else ""
        _end(2, " ".join(error.format_message().split()) + hint)
    except KeyboardInterrupt:
        _end(130)
    except BrokenPipeError:  # the reader has seen enough
        _forget_stdout()
        _end(0)
    except Exception as error:
        if _is_out_of_memory(error):
            _end(2, "not enough memory; use a smaller model or picture, or close something", error=error)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            _forget_stdout()
            _end(2, f"{error.filename or 'output'}: can't be written ({error.strerror}); make room", error=error)
        text = " ".join(f"{type(error).__name__}: {error}".split())
        _end(1, f"internal error: {text}; please report it (EDGEDET_DEBUG=1 shows where)", error=error)
    sys.exit(code)


def _is_out_of_memory(error: Exception) -> bool:
    """Whether it means that there is no more memory: by Python, by OpenCV, by the loader of a library."""
    unmapped = isinstance(error, ImportError) and str(error).endswith("failed to map segment from shared object")
    no_stack = isinstance(error, RuntimeError) and str(error) == "can't start new thread"
    return isinstance(error, MemoryError) or getattr(error, "code", None) == _CV2_NO_MEMORY or unmapped or no_stack


def _run() -> int:
    """Click's own ``main()``, but for its ways of ending: it prints on Ctrl-C, and a closed pipe is an error to it."""
    if "_EDGEDET_COMPLETE" in os.environ:
        cli.main(prog_name="edgedet")
    code = 0
    try:
        with cli.make_context("edgedet", sys.argv[1:]) as context:
            cli.invoke(context)
    except click.exceptions.Exit as end:
        code = end.exit_code
    if sys.stdout is not None:
        sys.stdout.flush()
    return code


def _forget_stdout() -> None:
    """What couldn't be written would be tried once more at exit, and complained about."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end(code: int, *lines: str, error: BaseException | None = None) -> NoReturn:
    """Say why, one line each, without credentials, and exit; the traceback only for those who ask for it."""
    if error is not None and os.environ.get("EDGEDET_DEBUG", "0") not in ("", "0"):
        import traceback

        traceback.print_exception(error)
    from edgedet.cli.logs import is_journal
    from edgedet.toml import hide

    level = "<3>" if is_journal() else ""
    for line in lines:
        click.echo(f"{level}edgedet: {'' if code == 1 else 'error: '}{printable(hide(line))}", err=True)
    sys.exit(code)
