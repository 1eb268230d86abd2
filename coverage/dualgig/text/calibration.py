"""Words of ``dualgig calibrate``."""

TEXT: dict[str, dict[str, str]] = {
    "progress.drive_test": {"en": "Reading the drive test", "zh": "读取路测数据"},
    "progress.calibrate": {"en": "Fitting offsets to the drive test", "zh": "按路测数据拟合校正值"},
    "calibration.title": {
        "en": "Measured less predicted SS-RSRP, dB; receiver's floor {floor} dBm",
        "zh": "SS-RSRP实测减预测（dB），接收机下限{floor} dBm",
    },
    "calibration.band": {"en": "Band", "zh": "频段"},
    "calibration.samples": {"en": "Samples", "zh": "样本"},
    "calibration.censored": {"en": "At floor", "zh": "触底"},
    "calibration.offset": {"en": "Offset", "zh": "校正值"},
    "calibration.before": {"en": "Mean/std/RMSE before", "zh": "校正前 均值/标准差/RMSE"},
    "calibration.after": {"en": "after", "zh": "校正后"},
    "calibration.site": {
        "en": "Errors are on whole sites that the fit had not seen, samples at the floor reckoned with.",
        "zh": "误差按未参与拟合的整站统计，已计入触底样本。",
    },
    "calibration.route": {
        "en": "Errors are on whole routes that the fit had not seen, samples at the floor reckoned with.",
        "zh": "误差按未参与拟合的整条路线统计，已计入触底样本。",
    },
    "calibration.written": {
        "en": "Written to {file}; the project file is as it was. To use the offsets, copy this into it:",
        "zh": "已写入 {file}，未改动项目文件。如需启用，请将以下内容复制到项目文件：",
    },
}
