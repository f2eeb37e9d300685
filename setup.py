"""What pyproject.toml cannot say: `assets/` lies beside the code in a checkout, in the package in a wheel."""

from setuptools import find_namespace_packages, setup

setup(
    packages=[*find_namespace_packages(include=["lumora*", "ui*"]), "lumora.assets"],
    package_dir={"lumora.assets": "assets"},
    package_data={"lumora.assets": ["**/*"]},
)
