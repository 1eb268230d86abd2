"""Run by a Python that has QGIS: opens a GeoPackage and tells, as JSON, what QGIS makes of it.

Usage: ``python3 qgis_reads.py plan.gpkg [picture.png]``
"""

import json
import os
import sys

from qgis.core import (
    QgsApplication,
    QgsExpressionContextUtils,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRenderContext,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize

LAYERS = ("townships", "villages", "routes", "keypoints", "nodes", "sites", "gaps")


def told(layer):
    """What QGIS draws of a layer."""
    renderer = layer.renderer()
    categories = renderer.categories() if renderer.type() == "categorizedSymbol" else []
    context = QgsRenderContext()
    context.expressionContext().appendScopes(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    drawn, undrawn = set(), 0
    renderer.startRender(context, layer.fields())
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        keys = renderer.legendKeysForFeature(feature, context)
        drawn.update(keys)
        undrawn += not keys
    renderer.stopRender(context)
    symbols = [symbol.symbolLayer(0) for symbol in renderer.symbols(QgsRenderContext())]
    return {
        "name": layer.name(),
        "valid": layer.isValid(),
        "features": layer.featureCount(),
        "renderer": renderer.type(),
        "values": [category.value() for category in categories],
        "labels": [category.label() for category in categories],
        "shown": [category.renderState() for category in categories],
        "colours": [symbol.color().name() for symbol in symbols],
        "kinds": sorted({symbol.layerType() for symbol in symbols}),
        "shapes": [str(symbol.shape()) for symbol in symbols if hasattr(symbol, "shape")],
        "used": len(drawn),
        "undrawn": undrawn if categories else 0,
        "labelled": layer.labelsEnabled(),
        "label_field": layer.labeling().settings().fieldName if layer.labeling() else "",
        "min_scale": layer.minimumScale() if layer.hasScaleBasedVisibility() else 0,
        "crs": layer.crs().authid() if layer.crs().isValid() else "",
    }


def draw(layers, picture):
    """Draw layers into a picture."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setExtent(layers[-1].extent())
    settings.setDestinationCrs(layers[-1].crs())
    settings.setOutputSize(QSize(1200, 900))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(picture)


def main(path, picture=None):
    """Tell all about one GeoPackage."""
    application = QgsApplication([], False)  # noqa: FBT003
    application.initQgis()
    single = {}
    for name in LAYERS:
        layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        _, found = layer.loadDefaultStyle()
        count, _, names, *_ = layer.listStylesInDatabase()
        single[name] = {**told(layer), "default_style": found, "styles": names[:count]}
    project = QgsProject.instance()
    read = project.read(f"geopackage:{path}?projectName=plan")
    answer = {
        "layers": single,
        "read": read,
        "error": project.error(),
        "title": project.title(),
        "crs": project.crs().authid(),
        "order": [told(layer) for layer in project.layerTreeRoot().layerOrder()],
    }
    if picture:
        draw(project.layerTreeRoot().checkedLayers(), picture)
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()


main(*sys.argv[1:])
# QGIS' own clean-up at the end of a script is known to crash.
os._exit(0)
