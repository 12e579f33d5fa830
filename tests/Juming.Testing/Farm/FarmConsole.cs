using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Testing.Farm;

/// <summary>
/// A security device with nothing but a web page: a small web server of its own on loopback, with a world of its own behind it. A second
/// port, protected by <see cref="ControlKey"/>, tells and changes what no page of the device shows.
/// </summary>
public abstract class FarmConsole : IAsyncDisposable
{
    private readonly SemaphoreSlim _line = new(1, 1);
    private readonly FarmControl _control;
    private readonly Lazy<byte[]> _icon;
    private WebApplication? _app;
    private volatile X509Certificate2? _certificate;
    private int _version = 1;

    private protected FarmConsole(string name, int seed)
    {
        Name = name;
        Seed = seed;
        TruthLog = new TruthLog(() => Clock);
        var dice = Dice("accounts");
        Accounts = FarmAccounts.Make(dice, WantsTotp);
        ControlKey = Convert.ToHexStringLower(BitConverter.GetBytes(Dice("control").NextInt64())) + Convert.ToHexStringLower(BitConverter.GetBytes(dice.NextInt64()));
        SignIns = new SignIns(this);
        Blocks = new FarmList(this, "block", "unblock", NeedsCommit);
        Allows = new FarmList(this, "allow", "disallow", NeedsCommit);
        Filler = new Filler(Dice("filler"));
        _control = new FarmControl(this);
        _icon = new Lazy<byte[]>(() => FarmIcon.Draw(Name));
        Faults.FakeSuccess = IsFakeByNature;
        Fill();
    }

    /// <summary>Short name, as the farm calls it.</summary>
    public string Name { get; }

    /// <summary>What the device calls itself.</summary>
    public abstract string Product { get; }

    /// <summary>What is special about it, for the table that people see.</summary>
    public abstract string Special { get; }

    /// <summary>From this come passwords, generated ids, the order of fields and what the pages show.</summary>
    public int Seed { get; }

    /// <summary>Where a person points the browser.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0/");

    /// <summary>The same pages for a browser of today, where <see cref="Address"/> speaks a TLS that it refuses.</summary>
    public Uri PlainAddress { get; private set; } = new("http://127.0.0.1:0/");

    /// <summary>The farm's own door: <c>__farm/{key}/…</c> below it.</summary>
    public Uri Control { get; private set; } = new("http://127.0.0.1:0/");

    /// <summary>Opens <see cref="Control"/>.</summary>
    public string ControlKey { get; }

    /// <summary>Accounts: administrator first, then one that may only look.</summary>
    public IReadOnlyList<FarmAccount> Accounts { get; }

    /// <summary>What was really done.</summary>
    public TruthLog TruthLog { get; }

    /// <summary>What goes wrong.</summary>
    public FarmFaults Faults { get; } = new();

    /// <summary>1 as it was recorded, 2 after the vendor's upgrade. An upgrade ends all sessions.</summary>
    public int Version
    {
        get => _version;
        set
        {
            if (value is not (1 or 2)) throw new ArgumentOutOfRangeException(nameof(value));
            if (value == _version) return;
            _version = value;
            SignIns.ExpireAll();
        }
    }

    /// <summary>Time that each page takes, drawn between the two.</summary>
    public (TimeSpan Least, TimeSpan Most) Speed { get; set; }

    /// <summary>Entries that the block list holds at most; more is refused by the device.</summary>
    public int Capacity
    {
        get => Blocks.Capacity;
        set => Blocks.Capacity = value;
    }

    /// <summary>Addresses that the device blocks now, whatever its pages say.</summary>
    public IReadOnlyList<string> InForce => Blocks.InForce;

    /// <summary>The block list as the device holds it, newest first.</summary>
    public IReadOnlyList<FarmEntry> BlockEntries => Blocks.Entries;

    /// <summary>What a person would type below the captcha that was drawn last, or where the slider belongs; null where none was drawn.</summary>
    public string? LastCaptcha { get; private protected set; }

    /// <summary>Who is signed in.</summary>
    public IReadOnlyList<string> SignedIn => SignIns.Open;

    /// <summary>The device's clock. Another one may be put in while it runs, to let entries and sessions end.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>A save needs a second press to be in force.</summary>
    public virtual bool NeedsCommit => false;

    internal virtual bool IsSingleSession => false;

    internal virtual bool TakesNets => false;

    internal virtual bool TakesIpv6 => false;

    private protected virtual IReadOnlyList<string> Comments => Filler.Comments;

    internal SignIns SignIns { get; }

    internal FarmList Blocks { get; }

    internal FarmList Allows { get; }

    internal Filler Filler { get; }

    internal TimeSpan SessionIdle => Faults.SessionIdle ?? NaturalIdle;

    internal int SessionPages => Faults.SessionPages ?? NaturalPages;

    /// <summary>Name of the session's cookie.</summary>
    internal virtual string Cookie => "JSESSIONID";

    /// <summary>Where this device carries the name of the session.</summary>
    internal virtual string? SessionId(HttpContext http) => http.Request.Cookies[Cookie];

    private protected virtual bool WantsTotp => false;

    private protected virtual TimeSpan NaturalIdle => TimeSpan.FromMinutes(20);

    private protected virtual int NaturalPages => int.MaxValue;

    private protected virtual bool IsFakeByNature => false;

    private protected virtual bool OneAtATime => false;

    private protected virtual int EntriesAtStart => 6;

    /// <summary>Speaks TLS with a certificate of its own making.</summary>
    private protected virtual bool IsTls => false;

    private protected virtual X509Certificate2 MakeCertificate() => FarmCertificates.Vendor(Filler.Model, Clock.GetUtcNow(), expired: false);

    /// <summary>Starts on a port of loopback; 0 takes a free one. The control port is the next, or free too.</summary>
    public async Task Start(int port = 0)
    {
        if (_app is not null) throw new InvalidOperationException("The console runs already.");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, InnerPort(port), port == 0 ? 0 : port + 1));
        if (IsTls) builder.WebHost.UseKestrelHttpsConfiguration();
        _app = builder.Build();
        _app.Run(http => http.Connection.LocalPort == Control.Port ? _control.Answer(http) : Receive(http));
        await _app.StartAsync();
        var ports = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a)).ToList();
        Address = ports[0];
        Control = ports[1];
        PlainAddress = Address;
        await Started(port);
    }

    /// <summary>As after unpacking: lists, sessions, passwords, locks, faults and truth log.</summary>
    public void Reset()
    {
        Faults.Clear();
        Faults.FakeSuccess = IsFakeByNature;
        SignIns.Clear();
        Blocks.Clear();
        Allows.Clear();
        Blocks.Capacity = 1000;
        _version = 1;
        Fill();
        TruthLog.Clear();
    }

    /// <summary>All sessions are gone, as after a restart of its web server.</summary>
    public void ExpireSessions() => SignIns.ExpireAll();

    /// <summary>Puts entries into the block list behind the pages' back.</summary>
    public void FillTable(int entries)
    {
        for (var i = 0; i < entries; i++) Blocks.Put($"10.{66 + i / 62_500}.{i / 250 % 250}.{i % 250 + 1}", null, "bulk", "sync", FarmEntryState.InForce);
        TruthLog.Add("", "farm-fill", entries.ToString(System.Globalization.CultureInfo.InvariantCulture), "done");
    }

    /// <summary>Another administrator takes an entry away.</summary>
    public bool DropEntry(string address)
    {
        var found = Blocks.Drop(address);
        TruthLog.Add("", "farm-drop", address, found ? "done" : "not-there");
        return found;
    }

    /// <summary>A person is signed in with this account from elsewhere.</summary>
    public void Occupy(FarmAccount account) => SignIns.Occupy(account);

    /// <summary>From now on another certificate, as after a factory reset or with somebody in between.</summary>
    public virtual void ReplaceCertificate() => _certificate = MakeCertificate();

    /// <summary>Stops the servers.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        Faults.Thaw();
        if (_app is not null)
        {
            using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
            await _app.StopAsync(now.Token);
            await _app.DisposeAsync();
        }
        _certificate?.Dispose();
        _line.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract Task Answer(Visit visit);

    /// <summary>The port of the web server itself, where another door stands before it.</summary>
    private protected virtual int InnerPort(int port) => port;

    private protected virtual Task Started(int port) => Task.CompletedTask;

    private protected void MovedTo(Uri address) => Address = address;

    /// <summary>Picks the word of the running version.</summary>
    private protected string T(string first, string second) => _version == 2 ? second : first;

    /// <summary>A file of the console's pages, with the words of the running version.</summary>
    private protected string Page(string file, params IReadOnlyList<(string Name, string Value)> values) => FarmPages.Fill(file, _version, values);

    /// <summary>The console's style, or a part of it.</summary>
    private protected string Style(string? part = null) => Page($"{part ?? Name}.css");

    /// <summary>A source of chance that depends on seed, console and purpose only.</summary>
    private protected Random Dice(string purpose) => new(FarmAccounts.Number($"{Seed}|{Name}|{purpose}"));

    /// <summary>An id that another start or version does not have.</summary>
    private protected string Id(string what, string prefix = "ext-gen") => prefix + (FarmAccounts.Number($"{Seed}|{Name}|{_version}|{what}") % 9000 + 1000).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The same parts in an order of this start and version.</summary>
    private protected IReadOnlyList<string> Shuffled(string what, params string[] parts)
    {
        var order = parts.ToArray();
        Dice($"{what}|{_version}").Shuffle(order);
        return order;
    }

    private void Fill()
    {
        var dice = Dice("entries");
        for (var i = 0; i < EntriesAtStart; i++) Blocks.Put($"{dice.Next(11, 99)}.{dice.Next(1, 250)}.{dice.Next(1, 250)}.{dice.Next(1, 250)}", null, Comments[i % Comments.Count], "admin", FarmEntryState.InForce, TimeSpan.FromMinutes(dice.Next(2_000, 4_000) * (EntriesAtStart - i)));
        for (var i = 0; i < 3; i++) Allows.Put($"172.16.{dice.Next(1, 250)}.{dice.Next(1, 250)}", null, "内部", "admin", FarmEntryState.InForce, TimeSpan.FromDays(40 - i));
    }

    private void Listen(KestrelServerOptions kestrel, int port, int control)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 1 << 20;
        kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            if (!IsTls) return;
            _certificate = MakeCertificate();
            listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificateSelector = (_, _) => _certificate });
        });
        kestrel.Listen(IPAddress.Loopback, control);
    }

    private async Task Receive(HttpContext http)
    {
        var gone = http.RequestAborted;
        if (Faults.IsDown(Clock.GetUtcNow()))
        {
            http.Abort();
            return;
        }
        try
        {
            await Faults.Frozen(gone);
            if (OneAtATime) await _line.WaitAsync(gone);
            try
            {
                var visit = await Visit.Read(this, http);
                if (visit.IsPage && Speed.Most > TimeSpan.Zero) await Task.Delay(Speed.Least + Random.Shared.NextDouble() * (Speed.Most - Speed.Least), Clock, gone);
                if (visit.Path == "/captcha" && Faults.PictureDelay > TimeSpan.Zero) await Task.Delay(Faults.PictureDelay, Clock, gone);
                await (visit.Path == "/favicon.ico" ? visit.Picture(_icon.Value) : Answer(visit));
            }
            finally
            {
                if (OneAtATime) _line.Release();
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The browser went away; a device does not care.
        }
    }
}
