using System.CommandLine;
using System.Net.Sockets;
using Juming.Hosting;
using Juming.Platform.Data;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Connections;

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
        var made = new HashSet<WebApplication>();
        // A signal reaches the hosts that run; those that are still to be started must hear of it too, or they would wait for one of their own.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            TierHost.CheckApart(hosts);
            foreach (var host in hosts)
            {
                locks.Add(DataFolderLock.TryTake(host.DataFolder) ?? throw new RefusedException($"The data folder '{host.DataFolder}' is held by another process."));
                HostCopies.Clear(host.DataFolder);
                var app = TierHost.Build(host);
                apps.Add(app);
                // What can't even be made has nothing to stop.
                _ = app.Services.GetServices<IHostedService>().Count();
                made.Add(app);
                app.Lifetime.ApplicationStopping.Register(stopping.Cancel);
                await Start(app, stopping.Token);
                await Announce(app);
            }
            await Neighbours.Join(apps, stopping.Token);
            await Task.WhenAll(apps.Select(a => a.WaitForShutdownAsync(stopping.Token)));
            return Exit.Well;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped while it was starting: that is what was asked for.
            return Exit.Well;
        }
        finally
        {
            foreach (var app in apps)
            {
                if (made.Contains(app)) await app.StopAsync(CancellationToken.None);
                await app.DisposeAsync();
            }
            foreach (var held in locks) held.Dispose();
        }
    }

    private static async Task Start(WebApplication app, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception e) when (e is SocketException || (e is IOException && e.InnerException is AddressInUseException or SocketException))
        {
            throw new SettingsException("Web:Urls", e.Message, "addresses of this machine with ports that nothing else listens on");
        }
    }

    private static async Task Announce(WebApplication app)
    {
        var tier = app.Services.GetRequiredService<TierDefinition>().Name;
        foreach (var url in app.Urls) await Console.Out.WriteLineAsync($"Juming {tier} is ready at {url}");
        if (await app.Services.GetRequiredService<Juming.Platform.Access.Setup.SetupLink>().Make(CancellationToken.None) is { } secret)
        {
            await Console.Out.WriteLineAsync($"Set up {tier} within 24 hours, once: {ConsoleAddress.Of(app)}/setup#{secret}");
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
