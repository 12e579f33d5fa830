using System.Text;
using NUnit.Framework;

namespace Juming.Architecture.Tests;

/// <summary>Libraries that tell their makers how they are used: none is shipped that we have not seen and silenced. That nothing is sent in fact is counted by the kernel, see NowhereElseTests.</summary>
[Category("X3")]
internal sealed class PhoneHomeTests
{
    private static readonly string[] Collectors =
    [
        "events.data.microsoft.com", "vortex.data.microsoft.com", "dc.services.visualstudio.com", "applicationinsights.azure.com", "google-analytics.com", "sentry.io", "api.segment.io", "posthog.com", "mixpanel.com", "amplitude.com",
        "datadoghq.com", "newrelic.com", "bugsnag.com", "telemetry.microsoft.com",
    ];

    // Silenced in CaptchaModel before it is loaded.
    private static readonly string[] Silenced = ["libonnxruntime.so: events.data.microsoft.com"];

    [Test]
    public void No_library_that_is_shipped_knows_a_collector_of_telemetry_but_those_that_are_silenced()
    {
        var folder = Path.GetDirectoryName(typeof(Hosting.TierHost).Assembly.Location)!;
        // What stands there for the tests alone is not shipped; the program's list of its parts says which are. Our own have names of hosts as data.
        var shipped = File.ReadAllText(Path.Combine(folder, "juming.deps.json"));
        var files = Directory.EnumerateFiles(folder).Where(f => Path.GetExtension(f) is ".so" or ".dll" && !Path.GetFileName(f).StartsWith("juming", StringComparison.OrdinalIgnoreCase) && (shipped.Contains('"' + Path.GetFileName(f) + '"', StringComparison.Ordinal) || shipped.Contains('/' + Path.GetFileName(f) + '"', StringComparison.Ordinal))).ToList();
        Assert.That(files, Has.Count.GreaterThan(40), "the list of parts is read");
        Assert.That(files.SelectMany(Known).Order(), Is.EqualTo(Silenced));
    }

    private static IEnumerable<string> Known(string file)
    {
        var bytes = File.ReadAllBytes(file);
        foreach (var collector in Collectors)
            if (bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(collector)) >= 0 || bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(collector)) >= 0) yield return Path.GetFileName(file) + ": " + collector;
    }
}
