using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Juming.Benchmarks.Chaos;

/// <summary>
/// Senders that behave as real ones: over HTTP each request has a key and is repeated until it is answered, whatever happens in between; beside them
/// a program appends to a log file. Every line carries a number that no other line has; one in fifty is worth an alert of its own.
/// </summary>
internal sealed class ChaosLoad : IDisposable
{
    private const int LinesPerRequest = 60;
    private const int Senders = 3;
    public const int AlertEvery = 50;

    private readonly HttpClient _http;
    private readonly string _file;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _tasks = [];
    private int _next;
    private long _acknowledged;
    private long _repeated;

    public ChaosLoad(int port, string token, string file)
    {
        _file = file;
#pragma warning disable RS0030 // One client for one server of its own.
        _http = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true }) { BaseAddress = new Uri($"https://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(20) };
#pragma warning restore RS0030
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Numbers given out; all of them end up acknowledged.</summary>
    public int Count => Volatile.Read(ref _next);

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public long Repeated => Interlocked.Read(ref _repeated);

    public void Start()
    {
        for (var i = 0; i < Senders; i++) _tasks.Add(Task.Run(Send));
        _tasks.Add(Task.Run(Append));
    }

    /// <summary>No new lines; returns when every request that was begun is answered.</summary>
    public async Task Finish()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks);
    }

    /// <summary>Asks the site until it answers so.</summary>
    public async Task<bool> WaitFor(string path, Func<JsonElement, bool> holds, TimeSpan limit)
    {
        for (var left = limit; left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(200))
        {
            try
            {
                using var document = JsonDocument.Parse(await _http.GetStringAsync(path));
                if (holds(document.RootElement)) return true;
            }
            catch (HttpRequestException) { }
            await Task.Delay(200);
        }
        return false;
    }

    public void Dispose()
    {
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task Send()
    {
        while (!_stop.IsCancellationRequested)
        {
            var body = Lines(LinesPerRequest);
            var key = Guid.NewGuid().ToString("N");
            while (!await Sent(body, key)) await Task.Delay(100);
            Interlocked.Add(ref _acknowledged, LinesPerRequest);
            await Task.Delay(15);
        }
    }

    private async Task<bool> Sent(string body, string key)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/collection/events") { Content = new StringContent(body) };
            request.Headers.Add("Idempotency-Key", key);
            using var answer = await _http.SendAsync(request);
            if (answer.StatusCode != HttpStatusCode.OK) return false;
            using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            if (document.RootElement.GetProperty("accepted").GetInt32() != LinesPerRequest) throw new InvalidDataException("a wrong number of lines is acknowledged");
            if (document.RootElement.GetProperty("repeated").GetBoolean()) Interlocked.Increment(ref _repeated);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return false;
        }
    }

    private async Task Append()
    {
        await using var file = new FileStream(_file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        while (!_stop.IsCancellationRequested)
        {
            var text = Encoding.UTF8.GetBytes(Lines(20));
            // In two pieces, so that a reader now and then meets half a line.
            var half = text.Length / 2;
            await file.WriteAsync(text.AsMemory(0, half));
            await file.FlushAsync();
            await Task.Delay(10);
            await file.WriteAsync(text.AsMemory(half));
            await file.FlushAsync();
            Interlocked.Add(ref _acknowledged, 20);
            await Task.Delay(15);
        }
    }

    private string Lines(int count)
    {
        var first = Interlocked.Add(ref _next, count) - count;
        var time = TimeProvider.System.GetUtcNow().AddHours(8).ToString("MMM dd HH:mm:ss", CultureInfo.InvariantCulture);
        var text = new StringBuilder(count * 80);
        for (var n = first; n < first + count; n++)
        {
            if (n % AlertEvery == 0) text.Append(CultureInfo.InvariantCulture, $"<38>{time} chaos01 sshd[77]: Failed password for chaosmark from 10.{n >> 16}.{(n >> 8) & 255}.{n & 255} port 40000 ssh2\n");
            else text.Append(CultureInfo.InvariantCulture, $"<14>{time} chaos01 app[78]: number={n} was here\n");
        }
        return text.ToString();
    }
}
