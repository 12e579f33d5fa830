# Door to build.cs, which does the work.
Set-Location $PSScriptRoot
dotnet run build.cs -- @args
exit $LASTEXITCODE
