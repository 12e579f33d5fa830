using System.Net;
using System.Net.Sockets;
using Juming.Hosting;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Testing;

/// <summary>A whole tier in this process: real files in a temporary folder, a real port on loopback.</summary>
public sealed class RunningTier : IAsyncDisposable
{
    private readonly bool _keepFolder;

    /// <summary>Settings of a cloud that signs nothing: it keeps no keys of its own in the vault, and does nothing on its own account that is audited.</summary>
    public static IReadOnlyDictionary<string, string?> SignsNothing { get; } = new Dictionary<string, string?>
    {
        ["Modules:Content:Enabled"] = "false",
        ["Modules:Distribution:Enabled"] = "false",
        ["Modules:Library:Enabled"] = "false",
        ["Modules:Bulletins:Enabled"] = "false",
        ["Modules:Links:Listen"] = "none",
    };

    private WebApplication? _app;

    private RunningTier(WebApplication app, string folder, bool keepFolder) => (_app, Folder, _keepFolder) = (app, folder, keepFolder);

    /// <summary>The host.</summary>
    public WebApplication App => _app ?? throw new ObjectDisposedException(nameof(RunningTier));

    /// <summary>Its data folder.</summary>
    public string Folder { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(App.Urls.First(u => u.StartsWith("http", StringComparison.Ordinal)));

    /// <summary>The host's services.</summary>
    public IServiceProvider Services => App.Services;

    /// <summary>Starts a tier ("site", "operator", "cloud"). A folder that is given is kept afterwards; an address that is given is listened on; a planted module runs beside the tier's own.</summary>
    public static async Task<RunningTier> Start(string tier = "site", string? folder = null, IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null, Uri? address = null, Platform.Modules.Module? planted = null)
    {
        var definition = Definition(tier);
        if (planted is not null) definition = definition with { Modules = [.. definition.Modules, planted] };
        var data = folder ?? Path.Combine(Path.GetTempPath(), "juming-test-" + Guid.NewGuid().ToString("N")[..12]);
        Directory.CreateDirectory(data);
        var overrides = new Dictionary<string, string?> { ["Log:Level"] = "Warning" };
        foreach (var (key, value) in settings ?? new Dictionary<string, string?>()) overrides[key] = value;
        // Two sites of tests that run beside each other must not meet at the product's own ports.
        if (tier == "site")
        {
            foreach (var receiver in new[] { "Modules:Collection:Udp", "Modules:Collection:Tcp" })
                if (!overrides.Keys.Any(k => k.StartsWith(receiver, StringComparison.OrdinalIgnoreCase))) overrides[receiver + ":0"] = "127.0.0.1:0";
        }
        else overrides.TryAdd("Modules:Links:Listen", "none");
        var options = new TierOptions(definition, data) { Urls = address?.GetLeftPart(UriPartial.Authority) ?? "https://127.0.0.1:0", Overrides = overrides, Services = services };
        var app = TierHost.Build(options);
        await app.StartAsync();
        return new RunningTier(app, data, folder is not null);
    }

    /// <summary>What a tier consists of.</summary>
    public static Platform.Modules.TierDefinition Definition(string tier) => Tiers.Parse(tier)[0];

    /// <summary>Sends a request as the administrator at the command line, or as the given actor.</summary>
    public async Task<Result<T>> Send<T>(IRequest<Result<T>> request, Actor? actor = null)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Sender>().SendAs(actor ?? Actor.CommandLine, request);
    }

    /// <summary>An HTTP client that accepts the host's own certificate and keeps cookies.</summary>
    /// <param name="followRedirects">False to see where a page sends.</param>
    /// <param name="from">Address of this machine to come from, such as 127.0.0.9, where what is counted by address matters; null for any.</param>
    public HttpClient Client(bool followRedirects = true, IPAddress? from = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = followRedirects };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        if (from is not null) handler.ConnectCallback = (connection, ct) => Connect(from, connection.DnsEndPoint.Port, ct);
#pragma warning disable RS0030 // A test talks to one server of its own and disposes the client.
        return new HttpClient(handler) { BaseAddress = Address };
#pragma warning restore RS0030
    }

    /// <summary>Another address of this machine at each call, so that what is counted by address is counted for one client alone.</summary>
    public static IPAddress AnotherAddress()
    {
        var number = Interlocked.Increment(ref _addresses);
        return new IPAddress([127, 1, (byte)(number / 250 % 250), (byte)(1 + (number % 250))]);
    }

    private static int _addresses;

    private static async ValueTask<Stream> Connect(IPAddress from, int port, CancellationToken ct)
    {
        var socket = new Socket(from.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(IPAddress.Loopback, port, ct);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_app is not { } app) return;
        await app.StopAsync();
        await app.DisposeAsync();
        // Fixtures are kept until the last test has run; a tier of each of them, with all that it had compiled, would be gigabytes.
        _app = null;
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (!_keepFolder) Directory.Delete(Folder, true);
    }
}
