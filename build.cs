// The builder: ./build.sh VERB. A file-based program, so that it runs wherever the .NET SDK does.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Xml.Linq;

const string Usage = """
    ./build.sh VERB
      run                     build and start a site on loopback; prints the one-time set-up link
      demo                    the same, with a generated day of logs and planted attacks sent to its syslog port
      check                   format, analyzers, unit and architecture tests
      format                  only whether the sources are formatted
      test                    everything of the everyday run, browser and both databases included
      test long               what takes minutes: every simulated console in both versions, hostile and slow ones
      publish --out DIR       put the runnable program into DIR
      package [--out DIR] [--revision N] [--check]  a Debian package per tier into DIR (artifacts/packages); --check tries them in a private root
      farm [--seed N] [--ports FROM]  simulated device consoles on loopback, with their passwords
      bench [NAME…] [--json]  figures, beside peers in the same run; names: pipeline, search, web, chaos (these four without a name), fuzz, captcha, playbooks, farm, linkage, intel, egress, links, sites
      bench rules PATH…       rules on parsed events, events per core-second
    """;

var root = Directory.GetCurrentDirectory();
var artifacts = Path.Combine(root, "artifacts");
try
{
    return args.FirstOrDefault() switch
    {
        "run" => await Start(demo: false),
        "demo" => await Start(demo: true),
        "check" => Check(),
        "format" => Format(),
        "test" => Test([.. args.Skip(1)]),
        "publish" => Publish(args),
        "package" => Package([.. args.Skip(1)]),
        "farm" => Farm([.. args.Skip(1)]),
        "bench" => Bench([.. args.Skip(1)]),
        null or "help" or "--help" or "-h" => Say(Usage, 0),
        _ => Say($"There is no verb '{args[0]}'.\n{Usage}", 2),
    };
}
catch (StepFailedException e)
{
    return Say(e.Message, 1);
}

int Say(string text, int code)
{
    (code == 0 ? Console.Out : Console.Error).WriteLine(text);
    return code;
}

async Task<int> Start(bool demo)
{
    Build("Release", "src/Juming");
    if (demo) Build("Release", "tests/Juming.Benchmarks");
    var data = Path.Combine(root, "data", demo ? "demo" : "site");
    var start = new ProcessStartInfo("dotnet", [Output("src/Juming", "juming.dll", "Release"), "--tier", "site", "--data", data, .. args.Skip(1)]) { WorkingDirectory = root };
    using var site = Process.Start(start)!;
    Console.CancelKeyPress += (_, stop) => stop.Cancel = true;
    if (demo)
    {
        using var generator = Process.Start(new ProcessStartInfo("dotnet", [Output("tests/Juming.Benchmarks", "Juming.Benchmarks.dll", "Release"), "demo", "--port", "5514"]) { WorkingDirectory = root })!;
        await site.WaitForExitAsync();
        if (!generator.HasExited) generator.Kill();
    }
    await site.WaitForExitAsync();
    return site.ExitCode;
}

int Format()
{
    // By folder, which reads no project: rules that need one are the compiler's, as warnings that end the build.
    Run("dotnet", "format whitespace . --folder --verify-no-changes", "the format: run 'dotnet format whitespace . --folder'");
    return 0;
}

int Check()
{
    Format();
    Build("Debug", "Juming.sln");
    return RunTests(["tests/Juming.Platform.Tests", "tests/Juming.Cloud.Tests", "tests/Juming.Site.Tests", "tests/Juming.Architecture.Tests"], atOnce: 1);
}

int Test(string[] line)
{
    if (line is not ([] or ["long"])) return Say("test takes nothing, or long.", 2);
    Install(new() { ["chromium"] = "/usr/bin/chromium", ["fonts-noto-cjk"] = "/usr/share/fonts/opentype/noto", ["postgresql"] = "/usr/lib/postgresql", ["openssh-server"] = "/usr/sbin/sshd", ["sudo"] = "/usr/bin/sudo" });
    Build("Debug", "Juming.sln");
    if (line is ["long"]) return RunTests(["tests/Juming.Site.Tests", "tests/Juming.Browser.Tests", "tests/Juming.Tiers.Tests"], atOnce: 1, "TestCategory=Long");
    // All of them wait for processes, browsers and clocks as much as they compute: two at a time fill two cores. The longest come first, so that both end together.
    return RunTests(["tests/Juming.Site.Tests", "tests/Juming.Tiers.Tests", "tests/Juming.Browser.Tests", "tests/Juming.Platform.Tests", "tests/Juming.Architecture.Tests", "tests/Juming.Cloud.Tests"], atOnce: 2);
}

int Publish(string[] line)
{
    var at = Array.IndexOf(line, "--out");
    if (at < 0 || at + 1 >= line.Length) return Say("publish wants --out DIR.", 2);
    Install(new() { ["nodejs"] = "node", ["npm"] = "npm" });
    Run("dotnet", $"publish src/Juming -c Release -r linux-x64 --self-contained -p:PublishReadyToRun=true -o \"{Path.GetFullPath(line[at + 1])}\" --nologo -clp:ErrorsOnly", "publish");
    return Say($"The program is in {Path.GetFullPath(line[at + 1])}; start it with ./juming --tier site", 0);
}

int Package(string[] line)
{
    string? Value(string option) => Array.IndexOf(line, option) is >= 0 and var at && at + 1 < line.Length ? line[at + 1] : null;
    var folder = Path.GetFullPath(Value("--out") ?? Path.Combine(artifacts, "packages"));
    var revision = Value("--revision") ?? "1";
    if (!int.TryParse(revision, out var number) || number < 1) return Say("--revision wants a number from 1.", 2);
    Install(new() { ["nodejs"] = "node", ["npm"] = "npm", ["dpkg-dev"] = "dpkg-deb" });
    var program = Path.Combine(artifacts, "package", "program");
    if (Directory.Exists(program)) Directory.Delete(program, true);
    Run("dotnet", $"publish src/Juming -c Release -r linux-x64 --self-contained -p:PublishReadyToRun=true -o \"{program}\" --nologo -clp:ErrorsOnly", "publish");
    Run("bash", $"packaging/make.sh \"{program}\" \"{folder}\" {number}", "making the packages");
    if (!line.Contains("--check")) return 0;
    Install(new() { ["debootstrap"] = "debootstrap" });
    var later = Path.Combine(artifacts, "package", "later");
    Run("bash", $"packaging/make.sh \"{program}\" \"{later}\" {number + 1}", "making the packages of the upgrade");
    foreach (var tier in new[] { "cloud", "operator", "site" })
        Run("bash", $"packaging/check.sh {tier} \"{folder}\" \"{later}\"", $"the check of juming-{tier}");
    return 0;
}

int Farm(string[] line)
{
    Build("Debug", "tests/Juming.Benchmarks");
    using var farm = Process.Start(new ProcessStartInfo("dotnet", [Output("tests/Juming.Benchmarks", "Juming.Benchmarks.dll", "Debug"), "farm-by-hand", .. line]) { WorkingDirectory = root })!;
    Console.CancelKeyPress += (_, stop) => stop.Cancel = true;
    farm.WaitForExit();
    return farm.ExitCode;
}

int Bench(string[] line)
{
    Install(new() { ["nodejs"] = "node", ["npm"] = "npm" });
    var program = Path.Combine(artifacts, "juming");
    // Both precompiled into one folder: peers are compiled too, and a measurement of some seconds would else be one of the compiler.
    foreach (var project in new[] { "tests/Juming.Benchmarks", "src/Juming" })
        Run("dotnet", $"publish {project} -c Release -o \"{program}\" --nologo -clp:ErrorsOnly", "publish");
    var names = line.TakeWhile(a => !a.StartsWith('-')).ToList();
    var options = line.Skip(names.Count).ToList();
    if (names.Count == 0) names = ["pipeline", "search", "web", "chaos"];
    // Names come first and share the options; 'rules' and 'normalize' take paths instead.
    IEnumerable<string[]> runs = names[0] is "rules" or "normalize" ? [line] : names.Select(n => (string[])[n, .. options]);
    var worst = 0;
    foreach (var run in runs)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(program, "Juming.Benchmarks.dll"), .. run]) { WorkingDirectory = root };
        start.Environment["JUMING_PROGRAM"] = Path.Combine(program, "juming");
        using var bench = Process.Start(start)!;
        bench.WaitForExit();
        worst = Math.Max(worst, bench.ExitCode);
    }
    return worst;
}

// Debian packages that the tests drive, each with a file or folder of it, or a command; nothing is done where they are there already.
void Install(Dictionary<string, string> packages)
{
    var missing = packages.Where(p => !File.Exists(p.Value) && !Directory.Exists(p.Value) && !IsCommand(p.Value)).Select(p => p.Key).ToList();
    if (missing.Count == 0 || !OperatingSystem.IsLinux()) return;
    var sudo = Environment.UserName == "root" ? "" : "sudo ";
    Run("bash", $"-c \"{sudo}apt-get update -qq && DEBIAN_FRONTEND=noninteractive {sudo}apt-get install -y -qq --no-install-recommends {string.Join(' ', missing)} >/dev/null\"", "installing " + string.Join(", ", missing));
}

bool IsCommand(string name) => !name.Contains('/') && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(f => File.Exists(Path.Combine(f, name)));

// The scripts of pages are built from npm packages.
void Build(string configuration, string project)
{
    Install(new() { ["nodejs"] = "node", ["npm"] = "npm" });
    Run("dotnet", $"build {project} -c {configuration} --nologo -clp:ErrorsOnly", "the build");
}

// Projects in this order, so many at once.
int RunTests(string[] projects, int atOnce, string filter = "TestCategory!=Long")
{
    var results = Path.Combine(artifacts, "test-results");
    if (Directory.Exists(results)) Directory.Delete(results, true);
    var broken = 0;
    Parallel.ForEach(Partitioner.Create(projects, EnumerablePartitionerOptions.NoBuffering), new() { MaxDegreeOfParallelism = atOnce }, p =>
    {
        if (RunProject(p, results, filter) != 0) Interlocked.Increment(ref broken);
    });
    int passed = 0, failed = 0, skipped = 0;
    var broke = new List<string>();
    var skips = new List<string>();
    foreach (var project in projects)
    {
        var name = Path.GetFileName(project);
        var file = Path.Combine(results, name + ".trx");
        if (!File.Exists(file))
        {
            broke.Add($"FAILED {name}: it left no results");
            continue;
        }
        foreach (var result in XDocument.Load(file).Descendants().Where(e => e.Name.LocalName == "UnitTestResult"))
        {
            var test = $"{name}: {result.Attribute("testName")?.Value}";
            var message = result.Descendants().FirstOrDefault(e => e.Name.LocalName == "Message")?.Value ?? "";
            switch (result.Attribute("outcome")?.Value)
            {
                case "Passed": passed++; break;
                case "Failed": failed++; broke.Add($"FAILED {test}{Environment.NewLine}{message}"); break;
                default: skipped++; (MaySkip(message) ? skips : broke).Add($"SKIPPED {test}: {message.Trim()}"); break;
            }
        }
    }
    // Last, because the end of a long print is what people look at and what is kept of it.
    foreach (var one in skips.Concat(broke)) Console.WriteLine(one);
    Console.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped, {skipped - skips.Count} of these without a reason that counts");
    return broken > 0 || broke.Count > 0 || passed == 0 ? 1 : 0;
}

int RunProject(string project, string results, string filter)
{
    var name = Path.GetFileName(project);
    Console.WriteLine($"== {name}");
    return RunQuietly("dotnet", $"test {project} --no-build --nologo --filter \"{filter}\" --logger \"trx;LogFileName={name}.trx\" --logger \"console;verbosity=minimal\" --results-directory \"{results}\"");
}

// What a test may lack on an honest machine, as Juming.Testing.Needs writes it; any other skip is a test that nobody runs.
bool MaySkip(string message) => new[] { "[needs shared data]", "[needs the right to mount]", "[needs the default ports]", "[needs network namespaces]" }.Any(n => message.Contains(n, StringComparison.Ordinal));

string Output(string project, string file, string configuration) =>
    Directory.GetFiles(Path.Combine(root, project, "bin", configuration), file, SearchOption.AllDirectories).OrderBy(f => f.Length).First();

void Run(string program, string arguments, string what)
{
    if (RunQuietly(program, arguments) != 0) throw new StepFailedException($"Failed: {what}.");
}

int RunQuietly(string program, string arguments)
{
    using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = root })!;
    process.WaitForExit();
    return process.ExitCode;
}

sealed class StepFailedException(string message) : Exception(message);
