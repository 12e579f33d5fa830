using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Juming.Site.DeviceLinkage.Captcha;

/// <summary>The trained network: a picture of 120 x 40 in, the probability of each character in each of 30 columns out.</summary>
internal sealed partial class CaptchaModel : IDisposable
{
    /// <summary>The characters it knows, in the order of its classes; class 0 is "between" and comes before them.</summary>
    public const string Charset =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-×÷=?*/零一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾加上减去乘除以等于几";

    private const string Input = "picture";
    private const string Output = "columns";
    private readonly InferenceSession _session;

    public CaptchaModel()
    {
        Silence();
        using var stream = typeof(CaptchaModel).Assembly.GetManifestResourceStream("captcha/captcha.onnx")!;
        var weights = new byte[stream.Length];
        stream.ReadExactly(weights);
        // One thread and no arena: a login reads one small picture, and the site has better use for cores and memory.
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, EnableCpuMemArena = false, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _session = new InferenceSession(weights, options);
    }

    /// <summary>Columns of an answer.</summary>
    public const int Columns = 30;

    /// <summary>Probability of class c in column t at [c * <see cref="Columns"/> + t]. May be called by many threads.</summary>
    public float[] Run(float[] features)
    {
        using var run = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(features, [1, 1, CaptchaFeatures.Height, CaptchaFeatures.Width]);
        using var results = _session.Run(run, [Input], [input], [Output]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose() => _session.Dispose();

    /// <summary>
    /// From 1.29 on the library sends how it is used to its makers, unless this word stands in the process's environment when it begins. Nothing leaves a site that the customer has not
    /// allowed, so it stands there. (.NET keeps an environment of its own on Unix, which a library does not see.)
    /// </summary>
    private static void Silence()
    {
        const string Word = "ORT_DISABLE_TELEMETRY";
        if (OperatingSystem.IsWindows()) Environment.SetEnvironmentVariable(Word, "1");
        else if (SetEnvironment(Word, "1", 1) != 0) throw new InvalidOperationException("The environment can't be written, so the captcha reader's library would send telemetry; it is not started.");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
