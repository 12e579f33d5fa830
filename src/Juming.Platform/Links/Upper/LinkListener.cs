using System.Net;
using System.Security.Authentication;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Run;
using Juming.Platform.Links.Sync;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Links.Upper;

/// <summary>
/// Where those below come in: a listener of its own, with nothing on it but the services of links, so that no page is reachable there and no link through the console's door.
/// </summary>
internal sealed partial class LinkListener(LinksSettings settings, Authority authority, EnrolmentDesk desk, LinkDoor door, Connections connections, LinkTopics topics, ILinkAlarms alarms, BulkShelves shelves, Admission admission, LeaseBook leases, TimeProvider clock, ILoggerFactory logs, TierContext tier) : IHostedService
{
    private readonly ILogger _log = logs.CreateLogger<LinkListener>();
    private WebApplication? _app;

    /// <summary>Where it listens; empty when it does not.</summary>
    public IReadOnlyList<string> Addresses => [.. _app?.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (tier.Offline || settings.ListenAt(tier.Tier).Length == 0) return;
        var held = await authority.Get(cancellationToken);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "juming-links" });
        builder.Services.AddSingleton(logs).AddLogging();
        builder.Services.AddRouting();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = SyncRun.LargestFrame;
            grpc.MaxSendMessageSize = SyncRun.LargestFrame;
            grpc.EnableDetailedErrors = false;
            // A packed message may be a thousand times its size; nothing here packs any.
            grpc.CompressionProviders = [];
        });
        builder.Services.AddSingleton(authority).AddSingleton(desk).AddSingleton(door).AddSingleton(connections).AddSingleton(admission).AddSingleton(leases).AddSingleton(topics).AddSingleton(alarms).AddSingleton(shelves).AddSingleton<BulkTurns>().AddSingleton(clock).AddSingleton(settings);
        IdleTls.Spare();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, held));
        _app = builder.Build();
        _app.UseRouting();
        _app.MapGrpcService<EnrolmentService>();
        _app.MapGrpcService<SessionService>();
        _app.MapGrpcService<SyncService>();
        _app.MapGrpcService<BulkService>();
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new SettingsException("Modules:Links:Listen", e.Message.TrimEnd('.'), "none, or an IP address of this machine with a port that nothing else listens on");
        }
        LogListening(_log, string.Join(", ", Addresses));
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is null) return;
        foreach (var connection in connections.All) connection.End(Contracts.Link.EndReason.Drained);
        await _app.StopAsync(cancellationToken);
        await _app.DisposeAsync();
        _app = null;
    }

    private void Configure(KestrelServerOptions kestrel, Authority.Held held)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestHeaderCount = 32;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 16;
        // Two calls a connection that last for days: tables of what their headers had in common would only lie there.
        kestrel.AllowResponseHeaderCompression = false;
        kestrel.Limits.Http2.HeaderTableSize = 0;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(60);
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        var address = IPEndPoint.Parse(settings.ListenAt(tier.Tier));
        kestrel.Listen(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(admission.Before);
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = held.Listener,
                SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                // Whoever joins has none yet; each service but that one asks for it, and the door holds it against the authority and the register.
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                ClientCertificateValidation = (_, _, _) => true,
            });
        });
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Links come in at {Addresses}")]
    private static partial void LogListening(ILogger log, string addresses);
}
