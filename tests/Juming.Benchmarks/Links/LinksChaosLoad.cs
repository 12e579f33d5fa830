using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Juming.Benchmarks.Links;

/// <summary>
/// People and sources at work while everything breaks: attacks come in and become incidents, analysts move incidents on, and the cloud enters indicators. Whoever was not answered
/// asks again until it is. Each answered move owes the operator a summary.
/// </summary>
internal sealed class LinksChaosLoad(LinksChaosTier site, string token) : IDisposable
{
    /// <summary>Every line of it is an alert, and every alert an incident.</summary>
    public const string Rule = """
        title: An attack of the run
        id: 7d3d7a6e-5f0e-4a51-9d06-2f7a2d7b1c55
        status: test
        level: medium
        logsource: {product: linux, service: sshd}
        detection:
          mark: {user.name: chaosmark}
          condition: mark
        """;

    private const int Analysts = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);
    private static readonly string[] Steps = ["Acknowledged", "Judged", "Contained", "Resolved"];

    private readonly HttpClient _site = Client(site, token);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _tasks = [];
    private readonly List<string> _indicators = [];
    private int _attacks;

    /// <summary>Answered moves of each incident.</summary>
    public Dictionary<Guid, Moved> Moves { get; } = [];

    /// <summary>Attacks whose lines were taken.</summary>
    public int Attacks => Volatile.Read(ref _attacks);

    /// <summary>Indicators that the cloud has taken.</summary>
    public IReadOnlyList<string> Indicators => _indicators;

    /// <summary>Answered moves.</summary>
    public long Answered => Moves.Values.Sum(m => Volatile.Read(ref m.Count));

    /// <summary>Makes the first incidents.</summary>
    public async Task Prepare(int incidents)
    {
        while (!await Attack(incidents, Guid.NewGuid())) await Task.Delay(200);
        var known = new List<Guid>();
        for (var tries = 0; known.Count < incidents; tries++)
        {
            if (tries > 300) throw new TimeoutException($"{known.Count} of {incidents} incidents after a minute");
            await Task.Delay(200);
            known.Clear();
            for (var skip = 0; skip < incidents; skip += 200)
            {
                using var page = JsonDocument.Parse(await _site.GetStringAsync(string.Create(CultureInfo.InvariantCulture, $"/api/incidents?view=all&limit=200&skip={skip}")));
                known.AddRange(page.RootElement.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid()));
            }
        }
        foreach (var id in known.Distinct()) Moves[id] = new Moved();
    }

    /// <summary>Begins; with a cloud, indicators are entered there too.</summary>
    public void Start(LinksChaosTier? cloud, string cloudToken)
    {
        var shares = Moves.Keys.Chunk((Moves.Count + Analysts - 1) / Analysts);
        foreach (var share in shares) _tasks.Add(Task.Run(() => Work(share)));
        _tasks.Add(Task.Run(KeepAttacking));
        if (cloud is not null) _tasks.Add(Task.Run(() => Enter(Client(cloud, cloudToken))));
    }

    /// <summary>Nothing new is begun; returns when all that was begun is answered.</summary>
    public async Task Finish()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks);
    }

    /// <summary>Whether a value is in force at the site.</summary>
    public async Task<bool> IsInForce(string value)
    {
        try
        {
            using var answer = JsonDocument.Parse(await _site.GetStringAsync("/api/intel/lookup?value=" + value));
            return answer.RootElement.GetProperty("found").GetArrayLength() > 0;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _site.Dispose();
        _stop.Dispose();
    }

    private async Task Work(Guid[] incidents)
    {
        for (var at = 0; !_stop.IsCancellationRequested; at = (at + 1) % incidents.Length)
        {
            var moved = Moves[incidents[at]];
            var step = Steps[(int)(moved.Count % Steps.Length)];
            object change = step == "Judged" ? new { state = step, verdict = "FalsePositive", reason = "of the run" } : new { state = step };
            // Asked again it changes nothing more: the incident stands there already, and says so once.
            long? version;
            while ((version = await Move(incidents[at], change)) is null) await Task.Delay(100);
            Volatile.Write(ref moved.Version, version.Value);
            Interlocked.Increment(ref moved.Count);
            await Task.Delay(Pause);
        }
    }

    private async Task<long?> Move(Guid incident, object change)
    {
        try
        {
            using var answer = await _site.PatchAsJsonAsync($"/api/incidents/{incident}", change);
            if (answer.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests) return null;
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidDataException($"a move is refused: {answer.StatusCode} {text}");
            using var document = JsonDocument.Parse(text);
            return document.RootElement.GetProperty("version").GetInt64();
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return null;
        }
    }

    private async Task KeepAttacking()
    {
        while (!_stop.IsCancellationRequested)
        {
            var key = Guid.NewGuid();
            while (!await Attack(3, key)) await Task.Delay(200);
            await Task.Delay(2000);
        }
    }

    private async Task<bool> Attack(int lines, Guid key)
    {
        var first = _attacks;
        var time = TimeProvider.System.GetUtcNow().AddHours(8).ToString("MMM dd HH:mm:ss", CultureInfo.InvariantCulture);
        var text = new StringBuilder(lines * 90);
        for (var n = first; n < first + lines; n++) text.Append(CultureInfo.InvariantCulture, $"<38>{time} host{n} sshd[77]: Failed password for chaosmark from 10.{n >> 16}.{(n >> 8) & 255}.{n & 255} port 40000 ssh2\n");
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/collection/events") { Content = new StringContent(text.ToString()) };
            request.Headers.Add("Idempotency-Key", key.ToString("N"));
            using var answer = await _site.SendAsync(request);
            if (answer.StatusCode != HttpStatusCode.OK) return false;
            Interlocked.Add(ref _attacks, lines);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return false;
        }
    }

    private async Task Enter(HttpClient cloud)
    {
        using var ends = cloud;
        for (var n = 1; !_stop.IsCancellationRequested; n++)
        {
            var value = $"45.67.{n / 250}.{1 + (n % 250)}";
            while (!await Entered(cloud, value)) await Task.Delay(300);
            _indicators.Add(value);
            await Task.Delay(5000);
        }
    }

    private static async Task<bool> Entered(HttpClient cloud, string value)
    {
        try
        {
            using var answer = await cloud.PostAsJsonAsync("/api/threatintel/indicators", new { text = value, threat = "C2", confidence = 90, tlp = "Amber" });
            if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound) throw new InvalidDataException(await answer.Content.ReadAsStringAsync());
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return false;
        }
    }

    private static HttpClient Client(LinksChaosTier tier, string token)
    {
#pragma warning disable RS0030 // One client for one server of its own.
        var client = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true }) { BaseAddress = new Uri($"https://127.0.0.1:{tier.Port}"), Timeout = TimeSpan.FromSeconds(20) };
#pragma warning restore RS0030
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>What was done to one incident.</summary>
    internal sealed class Moved
    {
        /// <summary>Answered moves.</summary>
        public long Count;

        /// <summary>Version that the last answer named.</summary>
        public long Version;

        /// <summary>Where it stands after them, as summaries say it; the first move makes it acknowledged.</summary>
        public int Stage => Count == 0 ? 1 : (int)((Count - 1) % Steps.Length) + 2;
    }
}
