using System.CommandLine;
using Juming.Hosting;
using Juming.Platform.Modules;

namespace Juming.Commands;

/// <summary><c>juming --tier …</c>: runs one tier, or three hosts in one process.</summary>
internal static class RunCommand
{
    public static void AddTo(RootCommand root)
    {
        var arguments = new TierArguments();
        arguments.AddTo(root);
        root.SetAction((line, ct) => Run(arguments.Read(line), ct));
    }

    private static async Task<int> Run(IReadOnlyList<TierOptions> hosts, CancellationToken ct)
    {
        var locks = new List<DataFolderLock>();
        var apps = new List<WebApplication>();
        try
        {
            foreach (var host in hosts)
            {
                locks.Add(DataFolderLock.TryTake(host.DataFolder) ?? throw new RefusedException($"The data folder '{host.DataFolder}' is held by another process."));
                var app = TierHost.Build(host);
                apps.Add(app);
                await app.StartAsync(ct);
                await Announce(app, host);
            }
            await Task.WhenAll(apps.Select(a => a.WaitForShutdownAsync(ct)));
            return Exit.Well;
        }
        finally
        {
            foreach (var app in apps)
            {
                await app.StopAsync(CancellationToken.None);
                await app.DisposeAsync();
            }
            foreach (var held in locks) held.Dispose();
        }
    }

    private static async Task Announce(WebApplication app, TierOptions host)
    {
        foreach (var url in app.Urls) await Console.Out.WriteLineAsync($"Juming {host.Tier.Name} is ready at {url}");
        if (await app.Services.GetRequiredService<Juming.Platform.Access.Setup.SetupLink>().Make(CancellationToken.None) is { } secret)
        {
            await Console.Out.WriteLineAsync($"Set up {host.Tier.Name} within 24 hours, once: {app.Urls.First()}/setup#{secret}");
            if (Fingerprint(app) is { } fingerprint) await Console.Out.WriteLineAsync($"The browser warns of a certificate it does not know; the right one has the SHA-256 fingerprint {fingerprint}");
        }
        await Console.Out.FlushAsync();
    }

    /// <summary>As browsers show it, so that whoever opens the link can tell that nobody sits between; null where nothing is served over TLS.</summary>
    private static string? Fingerprint(WebApplication app)
    {
        if (!app.Urls.Any(u => u.StartsWith("https:", StringComparison.OrdinalIgnoreCase))) return null;
        using var certificate = CertificateFile.Load(app.Services.GetRequiredService<WebSettings>(), app.Services.GetRequiredService<TierContext>().DataFolder);
        return string.Join(':', certificate.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256).Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));
    }
}
