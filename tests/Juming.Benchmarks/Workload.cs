using System.Diagnostics;
using System.Globalization;

namespace Juming.Benchmarks;

/// <summary>The work folder, the standard mix and the small C programs that make and send it.</summary>
internal static class Workload
{
    /// <summary>Lines of the standard mix.</summary>
    public const int Lines = 1_000_000;

    /// <summary>Where workloads and results lie; set by JUMING_BENCH_DIR. Needs about 12 GB for everything.</summary>
    public static string Folder { get; } = Directory.CreateDirectory(
        Environment.GetEnvironmentVariable("JUMING_BENCH_DIR") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "juming-bench")).FullName;

    /// <summary>Files of the kit.</summary>
    public static string Kit { get; } = Path.Combine(AppContext.BaseDirectory, "Kit");

    /// <summary>The standard mix: a million lines, the same on every machine.</summary>
    public static string Mix => Made("syslog1m.log");

    /// <summary>Which lines of the mix are planted attacks.</summary>
    public static string Attacks => Made("attacks.tsv");

    /// <summary>The program that sends lines and watches what the receiver writes.</summary>
    public static string Sender => Compiled("send", "send.c", "gcc -O2", "-lpthread");

    /// <summary>Made-up indicators, the same on every machine: kind, tab, value.</summary>
    public static string Indicators(int count)
    {
        var file = Path.Combine(Folder, $"ioc{count}.tsv");
        if (!File.Exists(file) && Run(Compiled("gen_ioc", "gen_ioc.cpp", "g++ -O2", ""), [count.ToString(CultureInfo.InvariantCulture), "3", file]).Code != 0) throw new InvalidOperationException("The indicators could not be made.");
        return file;
    }

    /// <summary>The structures that indicator look-ups are measured beside; null where they can't be compiled.</summary>
    public static string? IndicatorPeer => Install("g++", "libxxhash-dev") ? Compiled("ioc_limit", "ioc_limit.cpp", "g++ -O2 -march=native -std=c++20", "") : null;

    /// <summary>The file system that loses what was not synced; null where it can't be compiled.</summary>
    public static string? LazyDisk
    {
        get
        {
            var source = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(Kit, "lazyfs.c"))))[..8];
            return Install("gcc", "fuse3", "libfuse3-dev") ? Compiled("lazyfs-" + source, "lazyfs.c", "gcc -O2 -I/usr/include/fuse3", "-lfuse3") : null;
        }
    }

    /// <summary>Installs Debian packages that are absent; false with a remark when that fails.</summary>
    public static bool Install(params string[] packages)
    {
        var missing = packages.Where(p => Run("dpkg", ["-s", p]).Code != 0).ToArray();
        if (missing.Length == 0) return true;
        Figures.Note("installing " + string.Join(' ', missing));
        // A new machine has no lists of packages yet.
        if (Run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", .. missing]).Code == 0 || (Run("apt-get", ["update", "-qq"]).Code == 0 && Run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", .. missing]).Code == 0)) return true;
        Figures.Note($"could not install {string.Join(' ', missing)}; the figures that need it are left out");
        return false;
    }

    /// <summary>Runs a program to its end; the processor time is its own and its children's, as the shell counts it.</summary>
    public static (int Code, string Output, double CpuSeconds, double Seconds) Run(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("bash", ["-c", "TIMEFORMAT='cpu %U %S'; time \"$@\"", "bench", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        start.Environment["LC_ALL"] = "C.UTF-8";
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var last = "";
        process.ErrorDataReceived += (_, line) => last = line.Data ?? last;
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var times = last.Split(' ');
        var cpu = times is ["cpu", var user, var system] ? double.Parse(user, CultureInfo.InvariantCulture) + double.Parse(system, CultureInfo.InvariantCulture) : 0;
        return (process.ExitCode, output, cpu, watch.Elapsed.TotalSeconds);
    }

    private static string Made(string name)
    {
        var file = Path.Combine(Folder, name);
        if (File.Exists(file)) return file;
        var generator = Compiled("gen_syslog", "gen_syslog.cpp", "g++ -O2", "");
        Figures.Note($"making the standard mix in {Folder}");
        var made = Run(generator, [Lines.ToString(CultureInfo.InvariantCulture), "42", "syslog1m.log", "attacks.tsv"]);
        return made.Code == 0 ? file : throw new InvalidOperationException("The standard mix could not be made.");
    }

    private static string Compiled(string name, string source, string compiler, string libraries)
    {
        var program = Path.Combine(Folder, name);
        if (File.Exists(program)) return program;
        Install("gcc", "g++");
        var command = $"{compiler} -o '{program}' '{Path.Combine(Kit, source)}' {libraries}";
        return Run("sh", ["-c", command]).Code == 0 ? program : throw new InvalidOperationException($"{source} could not be compiled; it needs gcc and g++.");
    }
}
