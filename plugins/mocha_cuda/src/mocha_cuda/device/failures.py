"""What is wrong, in one sentence each, with the line that mends it."""

from __future__ import annotations

from collections.abc import Sequence

from mocha_core.memory import Slot

INSTALL = "pip install 'mocha-cuda[cuda13]'"
NO_CUDNN = "missing, own kernels serve; pip install 'mocha-cuda[cudnn]'"
OLDEST_CUPY = 14
OLDEST_CAPABILITY = (7, 5)

Version = tuple[int, int]


def no_driver(library: str) -> str:
    """There is no driver."""
    return (
        f"no NVIDIA driver is installed ({library} cannot be loaded), so there is no GPU to compute on; install the "
        "driver of your GPU, or compute on the processor with mocha-cpu or mocha-cython"
    )


def dead_driver(code: int) -> str:
    """There is a driver that does not start."""
    meaning = {803: ": its parts are of different versions", 804: ": it is too old for this GPU"}.get(code, "")
    return f"the NVIDIA driver does not start (error {code}{meaning}); restart the machine, or install the driver anew"


def no_gpu(visible: str | None) -> str:
    """The driver sees no GPU. visible: what CUDA_VISIBLE_DEVICES says, if it is set."""
    hidden = f" (CUDA_VISIBLE_DEVICES is {visible!r})" if visible is not None else ""
    return f"the NVIDIA driver finds no GPU{hidden}; `nvidia-smi -L` lists those there are"


def no_such_gpu(index: int, names: list[str]) -> str:
    """The driver sees others."""
    known = ", ".join(f"{number} ({name})" for number, name in enumerate(names))
    return f"there is no GPU {index}; there are: {known}"


def old_driver(driver: Version, wanted: Version) -> str:
    """The driver is older than the CUDA libraries."""
    return (
        f"the NVIDIA driver is for CUDA {_dotted(driver)}, and CuPy for CUDA {_dotted(wanted)}; install a newer driver "
        f"(580 or later for CUDA 13), or the CuPy for your driver (pip install cupy-cuda{driver[0]}x)"
    )


def no_cupy() -> str:
    """CuPy is missing."""
    return f"CuPy is not installed; {INSTALL}"


def broken_cupy(error: Exception) -> str:
    """CuPy is there and cannot be used."""
    return f"CuPy is installed and cannot be used ({first_line(error)}); {INSTALL}"


def old_cupy(version: str) -> str:
    """CuPy is too old."""
    return f"CuPy {version} is too old, {OLDEST_CUPY}.0 or later is needed; {INSTALL} --upgrade"


def no_library(name: str, error: Exception) -> str:
    """A library of CUDA is missing."""
    return f"the CUDA library {name} cannot be loaded ({first_line(error)}); {INSTALL}"


def old_device(index: int, name: str, capability: Version) -> str:
    """The GPU is older than the kernels are made for."""
    return (
        f"GPU {index}, {name}, has compute capability {_dotted(capability)}, and {_dotted(OLDEST_CAPABILITY)} (2018) "
        "or later is needed; choose another with CudaBackend(device=...), or compute on the processor"
    )


def out_of_memory(error: Exception, free: int, total: int, device: str) -> str:
    """The device has no room. error: CuPy's, which names what was asked for."""
    return f"{first_line(error)}; {device} has {size(free)} of its {size(total)} free"


def no_room_for_net(slots: Sequence[Slot], planned: int, error: str) -> str:
    """No room for the blobs of a net. error: what the device said about the piece that holds them all."""
    largest = max(slots, key=lambda slot: slot.spec.nbytes)
    return (
        f"{error}; {size(planned)} are planned for the blobs of the net, of which {largest.label!r} ({largest.spec}) "
        f"is the largest with {size(largest.spec.nbytes)}; use a smaller batch, or free memory of other nets"
    )


def too_old_to_compile(compiler: Version, capability: Version, oldest: int) -> str:
    """The compiler makes no code for such an old GPU any more. oldest: the first it knows, e.g. 75 for 7.5."""
    return (
        f"the compiler of CUDA {_dotted(compiler)} (NVRTC) makes no code for compute capability {_dotted(capability)}, "
        f"only for {_dotted(divmod(oldest, 10))} and later; use the CUDA libraries of an older version"
    )


def no_compile(source: str, architecture: int, log: str) -> str:
    """A kernel does not compile. architecture: e.g. 90 for compute capability 9.0.   log: the compiler's."""
    capability = divmod(architecture, 10)
    errors = [line.strip() for line in log.splitlines() if "error" in line]
    first = errors[0] if errors else first_line(log)
    more = f" (and {len(errors) - 1} more lines, in `log` of this error)" if len(errors) > 1 else ""
    return f"kernel source {source!r} does not compile for compute capability {_dotted(capability)}: {first}{more}"


def device_failed(error: Exception, device: str) -> str:
    """A call to the driver failed in the middle of work."""
    return (
        f"{device} failed ({first_line(error)}); what was computed since the last snapshot is lost, and the program "
        "must be started again; CudaBackend(graphs=False) with CUDA_LAUNCH_BLOCKING=1 says where it happens"
    )


def size(nbytes: int) -> str:
    """Bytes for people.

    >>> size(1536), size(3 * 2**30)
    ('1.5 KiB', '3.0 GiB')
    """
    value, unit = float(nbytes), "bytes"
    for larger in ("KiB", "MiB", "GiB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{nbytes} bytes" if unit == "bytes" else f"{value:.1f} {unit}"


def first_line(error: Exception | str) -> str:
    """The first line of what an error says that has letters in it."""
    lines = [line.strip() for line in str(error).splitlines()]
    return next((line for line in lines if any(map(str.isalpha, line))), type(error).__name__)


def _dotted(version: Version) -> str:
    return f"{version[0]}.{version[1]}"
