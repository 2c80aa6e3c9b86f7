# The page with EmoLA-Nano on a CPU. docs/operators.md says how to run it, and has the same steps without Docker.
ARG PYTHON=3.12-slim-bookworm

FROM python:${PYTHON} AS build
# Address of an index of PyTorch's builds for CPUs. Without it, the image has those with CUDA on x86.
ARG TORCH_INDEX=
WORKDIR /src
COPY requirements.txt requirements-dev.txt ./
RUN python3 -m venv /opt/emola \
 && /opt/emola/bin/pip install --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} \
    "$(grep '^torch==' requirements.txt)"
COPY pyproject.toml setup.py README.md LICENSE ./
COPY assets assets
COPY emola emola
RUN grep -E '^(mcp|prometheus-client)==' requirements-dev.txt > switches.txt \
 && /opt/emola/bin/pip install --no-cache-dir --constraint requirements.txt --constraint switches.txt \
    ".[app,mcp,metrics]"

FROM python:${PYTHON}
# The libraries of MediaPipe.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgl1 libegl1 libgles2 libglib2.0-0 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 10001 emola \
 && useradd --system --gid emola --uid 10001 --no-create-home --shell /usr/sbin/nologin emola \
 && install -d -o emola -g emola /var/cache/emola
COPY --from=build /opt/emola /opt/emola
# The root may be read-only: /tmp is a tmpfs, and the cache a volume.
ENV PATH=/opt/emola/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    EMOLA_CACHE=/var/cache/emola \
    EMOLA_LOG_FORMAT=json
USER 10001:10001
VOLUME /var/cache/emola
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=5m --retries=3 CMD ["python3", "-c", "from urllib.request import ProxyHandler, build_opener; build_opener(ProxyHandler({})).open('http://127.0.0.1:7860/health', timeout=4)"]
CMD ["emola", "app", "--host", "0.0.0.0", "--port", "7860"]
