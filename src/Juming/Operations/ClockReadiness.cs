using System.Globalization;
using System.Runtime.InteropServices;
using Juming.Platform.Modules;

namespace Juming.Operations;

/// <summary>The machine's clock is kept in step, so that times of alerts and audit hold as evidence.</summary>
internal sealed partial class ClockReadiness(TimeProvider clock) : IReadiness
{
    private const int TimeError = 5;

    // struct timex has 208 bytes on 64-bit Linux; mode 0 in the first word asks without setting anything.
    private const int TimexBytes = 256;

    public string Name => "clock";

    public Task<ReadinessReport> Look(CancellationToken ct)
    {
        var now = string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow().UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, zone {TimeZoneInfo.Local.Id}");
        var report = !OperatingSystem.IsLinux() ? new ReadinessReport(ReadinessLevel.Good, now + "; whether it is kept in step can't be read here.")
            : State() == TimeError ? new ReadinessReport(ReadinessLevel.Warning, now + "; the kernel says that nothing keeps it in step.", "Run chrony or systemd-timesyncd against a server you trust (in a container: on its host).")
            : new ReadinessReport(ReadinessLevel.Good, now + ", kept in step.");
        return Task.FromResult(report);
    }

    private static int State()
    {
        try
        {
            return AdjustTime(new byte[TimexBytes]);
        }
        catch (EntryPointNotFoundException)
        {
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int AdjustTime(byte[] timex);
}
