#!/usr/bin/env bash
# Door to build.cs, which does the work.
cd "$(dirname "$0")" && exec dotnet run build.cs -- "$@"
